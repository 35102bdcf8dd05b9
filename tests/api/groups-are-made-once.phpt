--TEST--
A group's row is made by the first action that names it, and used by the others; one of another name is another
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../helpers/db.inc';
asq_test_tables();

foreach ( array( 'orders', 'orders', 'mails', 'orders', '', '', 'Größe' ) as $group ) {
	as_enqueue_async_action( 'h', array(), $group );
}
as_enqueue_async_action( 'h', array(), null );
asq_test_print( 'SELECT group_id, slug FROM {groups} ORDER BY group_id' );
asq_test_print( 'SELECT a.action_id, g.slug FROM {actions} a LEFT JOIN {groups} g USING (group_id) ORDER BY a.action_id' );
/* One that was made, and has gone since, is made again. */
asq_test_query( "DELETE FROM {groups} WHERE slug='mails'" );
as_enqueue_async_action( 'h', array(), 'mails' );
asq_test_print( 'SELECT slug, COUNT(*) FROM {actions} JOIN {groups} USING (group_id) WHERE action_id = 9 GROUP BY slug' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
1 | orders
2 | mails
3 | 
4 | Größe
1 | orders
2 | orders
3 | mails
4 | orders
5 | 
6 | 
7 | Größe
8 | NULL
mails | 1
