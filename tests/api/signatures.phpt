--TEST--
The functions have Action Scheduler's names, parameters and defaults
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
foreach ( get_extension_funcs( 'asq' ) ?: array() as $name ) {
	if ( 0 === strpos( $name, 'as' ) && ! strpos( $name, '\\' ) ) {
		$names[] = $name;
	}
}
$names = $names ?? array_filter( get_defined_functions()['internal'], static fn( $name ) => preg_match( '/^asq?_/', $name ) );
sort( $names );
foreach ( $names as $name ) {
	$function   = new ReflectionFunction( $name );
	$parameters = array();
	foreach ( $function->getParameters() as $parameter ) {
		$text = ( $parameter->hasType() ? $parameter->getType() . ' ' : '' ) . ( $parameter->isVariadic() ? '...' : '' ) . '$' . $parameter->getName();
		if ( $parameter->isDefaultValueAvailable() ) {
			$text .= ' = ' . ( $parameter->isDefaultValueConstant() ? $parameter->getDefaultValueConstantName() : json_encode( $parameter->getDefaultValue() ) );
		}
		$parameters[] = $text;
	}
	echo $name, '( ', implode( ', ', $parameters ), ' )', $function->hasReturnType() ? ': ' . $function->getReturnType() : '', ' ', $function->getNumberOfRequiredParameters(), "\n";
}
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
as_count_scheduled_actions( $args = [] ) 0
as_enqueue_async_action( $hook, $args = [], $group = "", $unique = false, $priority = 10 ) 1
as_get_datetime_object( $date_string = null, $timezone = "UTC" ) 0
as_get_scheduled_actions( $args = [], $return_format = OBJECT ) 0
as_has_scheduled_action( $hook, $args = null, $group = "" ) 1
as_next_scheduled_action( $hook, $args = null, $group = "" ) 1
as_schedule_cron_action( $timestamp, $schedule, $hook, $args = [], $group = "", $unique = false, $priority = 10 ) 3
as_schedule_recurring_action( $timestamp, $interval_in_seconds, $hook, $args = [], $group = "", $unique = false, $priority = 10 ) 3
as_schedule_single_action( $timestamp, $hook, $args = [], $group = "", $unique = false, $priority = 10 ) 2
as_supports( $feature ) 1
as_unschedule_action( $hook, $args = [], $group = "" ) 1
as_unschedule_all_actions( $hook, $args = [], $group = "" ) 1
asq_circuit( string $name, array $options = [] ): Asq\Circuit 1
asq_circuits(  ): array 0
asq_classify_failure( mixed $failure ): string 1
asq_dead_letter( int $id ): ?array 1
asq_dead_letter_delete( array|int $ids ): int 1
asq_dead_letter_retry( array|int $ids, ?array $args = null, ?int $seen = null ): array 1
asq_dead_letter_stats( array $options = [] ): array 0
asq_dead_letters( array $query = [] ): array|int 0
asq_dead_letters_purge( array $options = [] ): int 0
asq_enqueue_many( string $hook, $args_list, string $group = "", bool $unique = false, int $priority = 10, ?int $timestamp = null ): array 2
asq_get_retry_policy( string $hook, string $group = "", int $action_id = 0 ): ?array 1
asq_idempotency_purge( int $limit = 0 ): int 0
asq_idempotent( string $key, callable $callback, array $options = [] ): mixed 2
asq_pause( string $kind, string $name = "" ): bool 1
asq_pauses(  ): array 0
asq_purge( array $options = [] ): array 0
asq_queue_status( array $options = [] ): array 0
asq_register_webhook( string $name, array $options ): void 2
asq_rest_idempotency( array $options = [] ): void 0
asq_resume( string $kind, string $name = "" ): bool 1
asq_retry_delay( array $policy, int $attempt, bool $jitter = true ): int 2
asq_retry_policy( string $name, ?array $policy, string $kind = "hook" ): void 2
asq_retry_policy_for_action( int $action_id, ?array $policy ): bool 2
asq_throw_if_error( mixed $response ): mixed 1
asq_webhook_event( string $name, string $event_id ): ?array 2
asq_webhook_events( array $query = [] ): array|int 0
asq_webhook_payload( string $name, string $event_id ): mixed 2
asq_webhook_purge( array $options = [] ): int 0
asq_webhooks(  ): array 0
asq_worker_run( array $options = [] ): array 0
asq_workers(  ): array 0
