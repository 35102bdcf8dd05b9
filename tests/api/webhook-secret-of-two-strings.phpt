--TEST--
Two strings as a webhook's secret: no autoloader hears of them, and what may be a class and a method is no pair of secrets
--SKIPIF--
<?php require __DIR__ . '/../helpers/skipif.inc'; ?>
--FILE--
<?php
require __DIR__ . '/webhook.inc';
asq_webhook_boot();

class Loaded {
	public static function secret() {
		return 'what Loaded says';
	}
	public function own() {
		return 'what an object says';
	}
	public function __invoke() {
		return 'what it says';
	}
}
spl_autoload_register( static function ( $class ) {
	echo "[an autoloader is given $class] ";
	throw new RuntimeException( "Class $class not found" );
} );
$say = static function ( $secret ) {
	try {
		asq_register_webhook( 'shop', array( 'hook' => 'h', 'secret' => $secret ) );
		return 'taken';
	} catch ( Throwable $e ) {
		return get_class( $e ) . ': ' . $e->getMessage();
	}
};
/** Which keys let somebody in. */
$signed = static function ( array $keys ) {
	static $n = 0;
	foreach ( $keys as $key ) {
		$body = '[' . ++$n . ']';
		echo "  $key: ", substr( asq_deliver( 'shop', $body, array( 'X-Signature' => hash_hmac( 'sha256', $body, $key ) ) ), 0, 3 ), "\n";
	}
};

echo "---- what may be a class and a method\n";
foreach ( array( array( 'Shop_Webhook', 'secret' ), array( 'Shop\\Webhook', 'secret' ), array( '\\Shop\\Webhook', '_secret2' ), array( 'self', 'secret' ), array( 'Shop_Webhook', 'secret_15_bytes' ), array( 'Shop_Webhook', 'get_the_webhook_secret' ), array( 1 => 'secret', 0 => 'Shop_Webhook' ), array( 'Lädchen', 'geheim' ) ) as $secret ) {
	echo implode( ' ', $secret ), ': ', $say( $secret ), "\n";
}
$class  = 'Shop_Webhook';
$secret = array( &$class, 'secret' );
echo 'by reference: ', $say( $secret ), "\n";

echo "---- what is two secrets\n";
foreach ( array( array( 'whsec_4f9aOLD', 'whsec_77NEWwhsec_77NEW' ), array( 'Shop_Webhook', 'a16bytes_secret1' ), array( 'Shop_Webhook', 'se-cret' ), array( 'Shop_Webhook', '9secret' ), array( 'sho-p', 'secret' ), array( 'Shop\\\\Webhook', 'secret' ), array( '9Shop', 'secret' ), array( 'Shop\\', 'secret' ), array( 'Shop_Webhook', 'secret', 'third' ), array( 'a' => 'Shop_Webhook', 'b' => 'secret' ) ) as $secret ) {
	echo implode( ' ', $secret ), ': ', $say( $secret ), "\n";
	$signed( $secret );
}

echo "---- callables\n";
foreach ( array( array( 'Loaded', 'secret' ), array( '\\loaded', 'SECRET' ), array( new Loaded(), 'own' ), new Loaded(), static fn() => 'what a closure says' ) as $secret ) {
	echo $say( $secret ), "\n";
	$signed( array( 'Loaded', 'secret', 'what Loaded says', 'what an object says', 'what it says', 'what a closure says' ) );
}
foreach ( array( array( 'Loaded', 'nothing' ), array( 'Loaded', 'nothing_of_many_bytes_5' ), array( 'Loaded', 'Other::secret' ), array( new Loaded(), 'nothing' ) ) as $secret ) {
	echo $say( $secret ), "\n";
}

echo "---- a function's name is a secret, and not called\n";
function asq_test_secret() {
	echo 'called';
	return 'of the function';
}
foreach ( array( 'asq_test_secret', 'Loaded::secret' ) as $secret ) {
	echo $say( $secret ), "\n";
	$signed( array( $secret, 'of the function', 'what Loaded says' ) );
}
echo $say( static fn() => 'asq_test_secret' ), "\n";
$signed( array( 'asq_test_secret', 'of the function' ) );
--CLEAN--
<?php require __DIR__ . '/../helpers/db.inc'; asq_test_clean(); ?>
--EXPECT--
---- what may be a class and a method
Shop_Webhook secret: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
Shop\Webhook secret: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
\Shop\Webhook _secret2: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
self secret: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
Shop_Webhook secret_15_bytes: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
Shop_Webhook get_the_webhook_secret: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
secret Shop_Webhook: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
Lädchen geheim: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
by reference: ValueError: asq_register_webhook(): Argument #2 ($options) must have a closure as "secret", or secrets that are harder to guess: these two strings could be a class and its method
---- what is two secrets
whsec_4f9aOLD whsec_77NEWwhsec_77NEW: taken
  whsec_4f9aOLD: 202
  whsec_77NEWwhsec_77NEW: 202
Shop_Webhook a16bytes_secret1: taken
  Shop_Webhook: 202
  a16bytes_secret1: 202
Shop_Webhook se-cret: taken
  Shop_Webhook: 202
  se-cret: 202
Shop_Webhook 9secret: taken
  Shop_Webhook: 202
  9secret: 202
sho-p secret: taken
  sho-p: 202
  secret: 202
Shop\\Webhook secret: taken
  Shop\\Webhook: 202
  secret: 202
9Shop secret: taken
  9Shop: 202
  secret: 202
Shop\ secret: taken
  Shop\: 202
  secret: 202
Shop_Webhook secret third: taken
  Shop_Webhook: 202
  secret: 202
  third: 202
Shop_Webhook secret: taken
  Shop_Webhook: 202
  secret: 202
---- callables
taken
  Loaded: 401
  secret: 401
  what Loaded says: 202
  what an object says: 401
  what it says: 401
  what a closure says: 401
taken
  Loaded: 401
  secret: 401
  what Loaded says: 202
  what an object says: 401
  what it says: 401
  what a closure says: 401
taken
  Loaded: 401
  secret: 401
  what Loaded says: 401
  what an object says: 202
  what it says: 401
  what a closure says: 401
taken
  Loaded: 401
  secret: 401
  what Loaded says: 401
  what an object says: 401
  what it says: 202
  what a closure says: 401
taken
  Loaded: 401
  secret: 401
  what Loaded says: 401
  what an object says: 401
  what it says: 401
  what a closure says: 202
ValueError: asq_register_webhook(): Argument #2 ($options) must have 1 to 100 secrets, or a callable that can be called, as "secret"
ValueError: asq_register_webhook(): Argument #2 ($options) must have 1 to 100 secrets, or a callable that can be called, as "secret"
ValueError: asq_register_webhook(): Argument #2 ($options) must have 1 to 100 secrets, or a callable that can be called, as "secret"
ValueError: asq_register_webhook(): Argument #2 ($options) must have strings that are not empty in "secret"
---- a function's name is a secret, and not called
taken
  asq_test_secret: 202
  of the function: 401
  what Loaded says: 401
taken
  Loaded::secret: 202
  of the function: 401
  what Loaded says: 401
taken
  asq_test_secret: 202
  of the function: 401
