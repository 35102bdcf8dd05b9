<?php
/*
 * php embed.php OUTPUT.c: writes the PHP files of this folder as a C source, with the tables that embedded.h declares.
 * Which file declares which class is read off the files: declarations stand at the start of a line.
 */

/** The names a file declares, lower-cased and with their namespace. */
function declared( string $source, string $pattern ): array {
	$namespace = preg_match( '/^namespace ([\w\\\\]+);/m', $source, $m ) ? $m[1] . '\\' : '';
	preg_match_all( $pattern, $source, $m );
	return array_map(
		function ( $name ) use ( $namespace ) {
			return strtolower( $namespace . $name );
		},
		$m[1]
	);
}

/** A C string literal. The question mark is escaped for trigraphs, the rest by octal, which has an end. */
function literal( string $text ): string {
	return '"' . preg_replace_callback(
		'/[^ !#->@-[\]-~]/',
		function ( $m ) {
			$short = array(
				"\n" => '\n',
				"\t" => '\t',
				'"'  => '\"',
				'\\' => '\\\\',
				'?'  => '\?',
			);
			return $short[ $m[0] ] ?? sprintf( '\%03o', ord( $m[0] ) );
		},
		$text
	) . '"';
}

/** A table of names and the files they are declared in, sorted by name. */
function table( string $type, string $name, array $files_by_name ): string {
	ksort( $files_by_name, SORT_STRING );
	$rows = '';
	foreach ( $files_by_name as $declared => $file ) {
		$rows .= sprintf( "\t{ %s, %d },\n", literal( $declared ), $file );
	}
	return "const $type {$name}[] = {\n$rows};\nconst size_t {$name}_count = " . count( $files_by_name ) . ";\n\n";
}

function main( array $argv ): int {
	if ( 2 !== count( $argv ) ) {
		fwrite( STDERR, "usage: php embed.php OUTPUT.c\n" );
		return 2;
	}
	$sources = '';
	$files   = array();
	$classes = array();
	foreach ( glob( __DIR__ . '/*.php' ) as $path ) {
		if ( __FILE__ === $path ) {
			continue;
		}
		$index   = count( $files );
		$source  = file_get_contents( $path );
		$found   = array_fill_keys( declared( $source, '/^(?:abstract |final )?(?:class|interface|trait) (\w+)/m' ), $index );
		$repeats = array_intersect_key( $found, $classes );
		if ( $repeats ) {
			fwrite( STDERR, 'embed.php: declared twice: ' . implode( ', ', array_keys( $repeats ) ) . "\n" );
			return 1;
		}
		$classes += $found;

		$lines    = array_map( 'literal', preg_split( '/(?<=\n)/', $source, -1, PREG_SPLIT_NO_EMPTY ) );
		$sources .= "static const char source_{$index}[] =\n\t" . implode( "\n\t", $lines ) . ";\n\n";
		$files[]  = "\t{ " . literal( basename( $path ) ) . ", source_{$index}, sizeof(source_{$index}) - 1 },\n";
	}
	$c = "/* Made by src/php/embed.php of the PHP files next to it: change those. */\n\n#include \"embedded.h\"\n\n"
		. $sources
		. "const asq_embedded_file asq_embedded_files[] = {\n" . implode( '', $files ) . "};\nconst size_t asq_embedded_files_count = " . count( $files ) . ";\n\n"
		. rtrim( table( 'asq_embedded_class', 'asq_embedded_classes', $classes ) ) . "\n";
	if ( strlen( $c ) !== @file_put_contents( $argv[1], $c ) ) {
		fwrite( STDERR, "embed.php: cannot write $argv[1]\n" );
		return 1;
	}
	return 0;
}

exit( main( $argv ) );
