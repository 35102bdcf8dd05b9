--TEST--
A $wpdb whose connection is no mysqli is asked by query() and get_results()
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/fake.inc';

/** A drop-in, as db.php brings one: another kind of connection, and an error that it keeps to itself. */
class Drop_In extends wpdb {
	public $asked = 0;
	private $real;
	public function __construct( $prefix ) {
		parent::__construct( $prefix );
		$this->real = $this->dbh;
		$this->dbh  = null;
	}
	protected function run( $sql ) {
		$this->asked++;
		$this->dbh = $this->real;
		$result    = parent::run( $sql );
		$this->dbh = null;
		return $result;
	}
	public function prepare( $sql, ...$args ) {
		$this->dbh = $this->real;
		$result    = parent::prepare( $sql, ...$args );
		$this->dbh = null;
		return $result;
	}
}
asq_fake_boot( new Drop_In( asq_test_prefix() ) );
$odd = "it's \\ \"odd\"\n\r\0\x1a %s 😀";
var_dump( as_enqueue_async_action( $odd, array( $odd ), $odd ) );
var_dump( as_schedule_single_action( 1900000000, 'single', array( 1 ), 'g', true ) > 0, as_schedule_single_action( 1900000000, 'single', array( 1 ), 'g', true ) );
var_dump( asq_enqueue_many( 'many', array( array( 1 ), array( 2 ) ), 'g' ) );
var_dump( as_has_scheduled_action( $odd, array( $odd ), $odd ), as_next_scheduled_action( 'single' ), as_count_scheduled_actions(), $wpdb->asked > 5 );
var_dump( asq_test_query( 'SELECT hook FROM {actions} ORDER BY action_id LIMIT 1' )[0]['hook'] === $odd );
asq_test_print( 'SELECT COUNT(*) FROM {actions} JOIN {logs} USING (action_id) JOIN {groups} USING (group_id)' );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
int(1)
bool(true)
int(0)
array(2) {
  [0]=>
  int(3)
  [1]=>
  int(4)
}
bool(true)
int(1900000000)
int(4)
bool(true)
bool(true)
4
