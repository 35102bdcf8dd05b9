/*
 * membership.h: what the files of a worker's process share: member.c, working.c.
 */
#ifndef ASQ_WORKER_MEMBERSHIP_H
#define ASQ_WORKER_MEMBERSHIP_H

#include "member.h"

#ifdef __linux__

#define ASQ_IDLE_MS 500   /* how long an idle worker waits before it looks whether its supervisor lives */

bool asq_supervisor_lives(const asq_membership *member);
void asq_ring_supervisor(asq_membership *member);
/* It is to look at what there is to write, if it does not by itself. */
void asq_ring_if_asleep(asq_membership *member);

/* The state of the slot at hand. */
void asq_member_set(const asq_run *run, asq_slot_state state);
asq_slot_state asq_member_state_of(const asq_run *run);

/* dispatch.c is through with it: what the supervisor has not to write is done with. */
void asq_member_end_slot(const asq_run *run);

#endif

#endif
