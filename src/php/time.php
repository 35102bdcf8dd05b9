<?php
/*
 * Dates that know the site's offset from UTC, and how to give a date the site's time zone.
 */

class ActionScheduler_DateTime extends DateTime {

	/** Seconds east of UTC, for a site that has an offset and no time zone; 0 otherwise. */
	protected $utcOffset = 0;

	#[\ReturnTypeWillChange]
	public function getTimestamp() {
		return parent::getTimestamp();
	}

	public function setUtcOffset( $offset ) {
		$this->utcOffset = (int) $offset;
	}

	#[\ReturnTypeWillChange]
	public function getOffset() {
		return $this->utcOffset ? $this->utcOffset : parent::getOffset();
	}

	#[\ReturnTypeWillChange]
	public function setTimezone( $timezone ) {
		$this->utcOffset = 0;
		parent::setTimezone( $timezone );
		return $this;
	}

	public function getOffsetTimestamp() {
		return $this->getTimestamp() + $this->getOffset();
	}
}

abstract class ActionScheduler_TimezoneHelper {

	private static $local_timezone = null;

	/** Moves a date to the site's zone, or notes the site's offset on it; a plain DateTime is replaced. */
	public static function set_local_timezone( DateTime $date ) {
		if ( ! $date instanceof ActionScheduler_DateTime ) {
			$date = as_get_datetime_object( $date->format( 'U' ) );
		}
		if ( get_option( 'timezone_string' ) ) {
			$date->setTimezone( new DateTimeZone( self::get_local_timezone_string() ) );
		} else {
			$date->setUtcOffset( self::get_local_timezone_offset() );
		}
		return $date;
	}

	/** The site's zone, or one that has the site's offset; empty if there is none. */
	protected static function get_local_timezone_string( $reset = false ) {
		$zone = get_option( 'timezone_string' );
		if ( $zone ) {
			return $zone;
		}
		$offset = (int) get_option( 'gmt_offset', 0 );
		if ( 0 === $offset ) {
			return 'UTC';
		}
		$zone = timezone_name_from_abbr( '', $offset * HOUR_IN_SECONDS );
		return $zone ? $zone : self::zone_with_offset( $offset * HOUR_IN_SECONDS );
	}

	/** The site's offset from UTC, in seconds. */
	protected static function get_local_timezone_offset() {
		$zone = get_option( 'timezone_string' );
		if ( $zone ) {
			return ( new DateTimeZone( $zone ) )->getOffset( new DateTime( 'now' ) );
		}
		return (float) get_option( 'gmt_offset', 0 ) * HOUR_IN_SECONDS;
	}

	public static function get_local_timezone( $reset = false ) {
		_deprecated_function( __FUNCTION__, '2.1.0', 'ActionScheduler_TimezoneHelper::set_local_timezone()' );
		if ( $reset || ! isset( self::$local_timezone ) ) {
			$zone                 = self::get_local_timezone_string();
			self::$local_timezone = new DateTimeZone( $zone ? $zone : 'UTC' );
		}
		return self::$local_timezone;
	}

	/** The first zone that PHP lists with this offset, of those that keep (or not) summer time now. */
	private static function zone_with_offset( $offset ) {
		$summer = (bool) date( 'I' );
		foreach ( timezone_abbreviations_list() as $cities ) {
			foreach ( $cities as $city ) {
				if ( $summer === (bool) $city['dst'] && $city['timezone_id'] && $offset === (int) $city['offset'] ) {
					return $city['timezone_id'];
				}
			}
		}
		return '';
	}
}
