<?php
/*
 * The header Idempotency-Key of the REST API, for asq_rest_idempotency().
 */

namespace Asq;

use WP_REST_Request;
use WP_REST_Response;

/**
 * Answers requests that come again with the first one's answer.
 *
 * It works where a route's callback is called: who may not make the request is told so before, and gets no stored answer.
 */
class RestIdempotency {

	/** In quotes, as the IETF's draft of the header has it, or without. */
	const UUID = '/^("?)([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\1$/iD';

	private $options;

	public function __construct( array $options ) {
		$this->options = $options + array(
			'routes'   => null,
			'required' => false,
		);
	}

	public function listen() {
		// Late: whoever answers in the callback's place has done so.
		add_filter( 'rest_dispatch_request', array( $this, 'dispatch' ), 1000, 4 );
		add_filter( 'rest_allowed_cors_headers', array( $this, 'allowed_headers' ) );
		add_filter( 'rest_exposed_cors_headers', array( $this, 'exposed_headers' ) );
	}

	public function allowed_headers( $headers ) {
		return array_merge( (array) $headers, array( 'Idempotency-Key' ) );
	}

	public function exposed_headers( $headers ) {
		return array_merge( (array) $headers, array( 'X-Idempotency-Replayed', 'Retry-After' ) );
	}

	/** Instead of the callback. */
	public function dispatch( $answer, $request, $route, $handler ) {
		if ( null !== $answer || ! $request instanceof WP_REST_Request || ! $this->concerns( $request ) ) {
			return $answer;
		}
		$key = $request->get_header( 'Idempotency-Key' );
		if ( null === $key ) {
			return $this->options['required'] ? $this->error( 400, 'asq_idempotency_key_missing', 'This request needs the header Idempotency-Key: a UUID of version 4.' ) : $answer;
		}
		if ( ! preg_match( self::UUID, $key, $match ) ) {
			return $this->error( 400, 'asq_idempotency_key_invalid', 'The header Idempotency-Key must be a UUID of version 4, such as 8e03978e-40d5-43e8-bc93-6894a57f9324.' );
		}
		return $this->answer( strtolower( $match[2] ), $request, $handler );
	}

	private function concerns( WP_REST_Request $request ) {
		if ( ! in_array( $request->get_method(), array( 'POST', 'PUT', 'PATCH', 'DELETE' ), true ) ) {
			return false;
		}
		if ( null === $this->options['routes'] ) {
			return true;
		}
		foreach ( $this->options['routes'] as $route ) {
			// '/shop/v1/orders' is the beginning of '/shop/v1/orders/7', not of '/shop/v1/orders-of-old'.
			if ( 0 === strcasecmp( $request->get_route(), $route ) || 0 === strncasecmp( $request->get_route(), rtrim( $route, '/' ) . '/', strlen( rtrim( $route, '/' ) ) + 1 ) ) {
				return true;
			}
		}
		return false;
	}

	private function answer( $key, WP_REST_Request $request, array $handler ) {
		$replayed = false;
		$begun    = false;
		$failure  = null;
		$status   = 200;
		try {
			$kept = asq_idempotent(
				$key,
				function () use ( $handler, $request, &$first, &$begun, &$failure, &$status ) {
					$begun = true;
					try {
						$first = rest_ensure_response( call_user_func( $handler['callback'], $request ) );
					} catch ( \Throwable $e ) {
						$failure = $e;
						throw $e;
					}
					$response = is_wp_error( $first ) ? rest_convert_error_to_response( $first ) : $first;
					$status   = $response->get_status();
					try {
						return $this->keep( $response );
					} catch ( \Throwable $e ) {
						// It has been done, though its answer cannot be kept; nor can this.
						return $e;
					}
				},
				array_intersect_key( $this->options, array_flip( array( 'ttl', 'lease', 'wait' ) ) ) + array(
					'scope'    => 'rest:' . get_current_user_id() . ':' . strtolower( $request->get_route() ),
					'request'  => $this->request( $request ),
					'store_if' => static function () use ( &$status ) {
						return $status < 500;
					},
					'replayed' => &$replayed,
				)
			);
		} catch ( \Throwable $e ) {
			if ( $e === $failure ) {
				// The callback's own, of whatever class: it goes on.
				throw $e;
			}
			return $this->trouble( $e, $begun ) ?? $first;
		}
		return $replayed ? $this->replay( $kept ) : $first;
	}

	/** What asq_idempotent() has thrown, as an answer; null: the first one's, which could not be stored. */
	private function trouble( \Throwable $e, $begun ) {
		if ( $e instanceof InProgressException ) {
			return $this->error( 409, 'asq_idempotency_in_progress', 'The first request with this Idempotency-Key is still at work.', array( 'Retry-After' => (string) $e->getRetryAfter() ) );
		}
		if ( $e instanceof ConflictException ) {
			return $this->error( 422, 'asq_idempotency_conflict', 'This Idempotency-Key was used for another request.' );
		}
		if ( $e instanceof \UnexpectedValueException ) {
			// What was answered is not to be had any more, say because it was too large; it was answered once, here or before.
			return $begun ? null : $this->error( 409, 'asq_idempotency_answered', 'The request with this Idempotency-Key has been answered before, and its answer could not be stored.' );
		}
		if ( $e instanceof \RuntimeException && ! $begun ) {
			return $this->error( 503, 'asq_idempotency_unavailable', 'Idempotency keys cannot be stored at the moment.', array( 'Retry-After' => '5' ) );
		}
		throw $e;
	}

	/** All that makes it this request, as a string. */
	private function request( WP_REST_Request $request ) {
		$files = array();
		foreach ( (array) $request->get_file_params() as $name => $file ) {
			$files[ $name ] = array( $file['name'] ?? null, $this->uploads( $file['tmp_name'] ?? null ) );
		}
		// What a URL and a form hold need not be UTF-8, which JSON must be.
		return serialize(
			array(
				$request->get_method(),
				$request->get_route(),
				$request->get_query_params(),
				$request->get_body_params(),
				$files,
				$request->get_body(),
			)
		);
	}

	/** The contents of what was uploaded as docs, docs[] or docs[a][b]: PHP nests each of a file's properties alike. */
	private function uploads( $paths ) {
		if ( is_array( $paths ) ) {
			return array_map( array( $this, 'uploads' ), $paths );
		}
		return is_string( $paths ) && is_readable( $paths ) ? hash_file( 'sha256', $paths ) : '';
	}

	/** A response, as plain data. */
	private function keep( WP_REST_Response $response ) {
		return array(
			'status'  => $response->get_status(),
			'headers' => array_map( 'strval', $response->get_headers() ),
			'links'   => $this->plain( $response->get_links() ),
			'body'    => $this->plain( $response->get_data() ),
		);
	}

	/** Objects become what JSON makes of them; arrays stay arrays, since that is what filters of the response expect. */
	private function plain( $value, $depth = 0 ) {
		if ( is_array( $value ) ) {
			// It may be part of itself.
			if ( $depth > 512 ) {
				throw new \UnexpectedValueException( 'The answer is nested too deep.' );
			}
			$plain = array();
			foreach ( $value as $key => $part ) {
				$plain[ $key ] = $this->plain( $part, $depth + 1 );
			}
			return $plain;
		}
		if ( ! is_object( $value ) && ! is_resource( $value ) ) {
			return $value;
		}
		$json = wp_json_encode( $value );
		if ( false === $json ) {
			throw new \UnexpectedValueException( 'The answer cannot be made JSON.' );
		}
		return json_decode( $json );
	}

	private function replay( array $kept ) {
		$response = new WP_REST_Response( $kept['body'], $kept['status'], $kept['headers'] );
		foreach ( (array) $kept['links'] as $rel => $links ) {
			foreach ( $links as $link ) {
				$response->add_link( $rel, $link['href'], (array) ( $link['attributes'] ?? array() ) );
			}
		}
		$response->header( 'X-Idempotency-Replayed', 'true' );
		return $response;
	}

	/** As WordPress answers with an error, and with headers. */
	private function error( $status, $code, $message, array $headers = array() ) {
		return new WP_REST_Response(
			array(
				'code'    => $code,
				'message' => $message,
				'data'    => array( 'status' => $status ),
			),
			$status,
			$headers
		);
	}
}
