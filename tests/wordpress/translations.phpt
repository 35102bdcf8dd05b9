--TEST--
Log texts are in the site's language
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

asq_fake_boot();
add_filter( 'gettext', static fn( $text, $original, $domain ) => 'action-scheduler' === $domain && 'action created' === $original ? "Aktion angelegt – 'ß'" : $text, 10, 3 );
as_enqueue_async_action( 'h' );
asq_enqueue_many( 'h', array( array() ) );
asq_test_print( 'SELECT message FROM {logs}' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
Aktion angelegt – 'ß'
Aktion angelegt – 'ß'
