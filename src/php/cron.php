<?php
/*
 * Cron expressions of five or six fields: minute, hour, day of month, month, day of week and, optionally, year.
 *
 * Rows hold these objects as serialize() writes them, so names and visibility of the properties are part of the format,
 * as is that a field has none. The search for a run goes up from the given minute: a field that does not match moves the
 * date to the start of its next unit, and all are asked anew.
 */

class CronExpression {

	const MINUTE  = 0;
	const HOUR    = 1;
	const DAY     = 2;
	const MONTH   = 3;
	const WEEKDAY = 4;
	const YEAR    = 5;

	/** From the field that moves the date farthest to the one that moves it least. */
	private const BY_STRIDE = array( self::YEAR, self::MONTH, self::DAY, self::WEEKDAY, self::HOUR, self::MINUTE );

	private const NAMES = array(
		'@yearly'   => '0 0 1 1 *',
		'@annually' => '0 0 1 1 *',
		'@monthly'  => '0 0 1 * *',
		'@weekly'   => '0 0 * * 0',
		'@daily'    => '0 0 * * *',
		'@hourly'   => '0 * * * *',
	);

	/** After so many moves the expression is taken to match no date. */
	private const MOVES = 1000;

	private $cronParts;

	private $fieldFactory;

	public static function factory( $expression, ?CronExpression_FieldFactory $fieldFactory = null ) {
		return new self( self::NAMES[ $expression ] ?? $expression, $fieldFactory ? $fieldFactory : new CronExpression_FieldFactory() );
	}

	public function __construct( $expression, CronExpression_FieldFactory $fieldFactory ) {
		$this->fieldFactory = $fieldFactory;
		$this->setExpression( $expression );
	}

	public function setExpression( $value ) {
		$this->cronParts = preg_split( '/\s/', $value, -1, PREG_SPLIT_NO_EMPTY );
		if ( count( $this->cronParts ) < 5 ) {
			throw new InvalidArgumentException( $value . ' is not a valid CRON expression' );
		}
		foreach ( $this->cronParts as $position => $part ) {
			$this->setPart( $position, $part );
		}
		return $this;
	}

	public function setPart( $position, $value ) {
		if ( ! $this->fieldFactory->getField( $position )->validate( $value ) ) {
			throw new InvalidArgumentException( 'Invalid CRON field value ' . $value . ' as position ' . $position );
		}
		$this->cronParts[ $position ] = $value;
		return $this;
	}

	/** The first match after $currentTime, or at it if $allowCurrentDate; $nth more matches are passed over. */
	public function getNextRunDate( $currentTime = 'now', $nth = 0, $allowCurrentDate = false ) {
		return $this->getRunDate( $currentTime, $nth, false, $allowCurrentDate );
	}

	public function getPreviousRunDate( $currentTime = 'now', $nth = 0, $allowCurrentDate = false ) {
		return $this->getRunDate( $currentTime, $nth, true, $allowCurrentDate );
	}

	public function getMultipleRunDates( $total, $currentTime = 'now', $invert = false, $allowCurrentDate = false ) {
		$dates = array();
		for ( $nth = 0; $nth < $total; $nth++ ) {
			$dates[] = $this->getRunDate( $currentTime, $nth, $invert, $allowCurrentDate );
		}
		return $dates;
	}

	/** The expression, or one of its fields (null if it has no such). */
	public function getExpression( $part = null ) {
		return null === $part ? implode( ' ', $this->cronParts ) : $this->cronParts[ $part ] ?? null;
	}

	public function __toString() {
		return $this->getExpression();
	}

	public function isDue( $currentTime = 'now' ) {
		$minute = ( $currentTime instanceof DateTime ? $currentTime : new DateTime( $currentTime ) )->format( 'Y-m-d H:i' );
		return $this->getNextRunDate( $minute, 0, true )->getTimestamp() === strtotime( $minute );
	}

	protected function getRunDate( $currentTime = null, $nth = 0, $invert = false, $allowCurrentDate = false ) {
		$from = $currentTime;
		if ( ! $from instanceof DateTime ) {
			$from = new DateTime( $currentTime ? $currentTime : 'now' );
			$from->setTimezone( new DateTimeZone( date_default_timezone_get() ) );
		}
		// The caller's own date, too, loses its seconds: stored schedules show it.
		$from->setTime( (int) $from->format( 'H' ), (int) $from->format( 'i' ), 0 );
		$date = clone $from;
		$nth  = (int) $nth;

		for ( $move = 0; $move < self::MOVES; $move++ ) {
			$field = $this->unsatisfied( $date );
			if ( ! $field ) {
				if ( ( $allowCurrentDate || $date != $from ) && $nth-- <= 0 ) {
					return $date;
				}
				$field = $this->fieldFactory->getField( self::MINUTE );
			}
			$field->increment( $date, $invert );
		}
		throw new RuntimeException( 'Impossible CRON expression' );
	}

	/** The first field that the date does not match, or null. */
	private function unsatisfied( DateTime $date ) {
		foreach ( self::BY_STRIDE as $position ) {
			$part = $this->getExpression( $position );
			if ( null === $part ) {
				continue;
			}
			$field   = $this->fieldFactory->getField( $position );
			$matches = false;
			foreach ( array_map( 'trim', explode( ',', $part ) ) as $value ) {
				if ( $field->isSatisfiedBy( $date, $value ) ) {
					$matches = true;
					break;
				}
			}
			if ( ! $matches ) {
				return $field;
			}
		}
		return null;
	}
}

class CronExpression_FieldFactory {

	private const CLASSES = array(
		'CronExpression_MinutesField',
		'CronExpression_HoursField',
		'CronExpression_DayOfMonthField',
		'CronExpression_MonthField',
		'CronExpression_DayOfWeekField',
		'CronExpression_YearField',
	);

	private $fields = array();

	public function getField( $position ) {
		if ( ! isset( $this->fields[ $position ] ) ) {
			if ( ! isset( self::CLASSES[ $position ] ) ) {
				throw new InvalidArgumentException( $position . ' is not a valid position' );
			}
			$class                     = self::CLASSES[ $position ];
			$this->fields[ $position ] = new $class();
		}
		return $this->fields[ $position ];
	}
}

interface CronExpression_FieldInterface {

	public function isSatisfiedBy( DateTime $date, $value );

	public function increment( DateTime $date, $invert = false );

	public function validate( $value );
}

/** A field's values: *, n, n-m, and any of these with a /step. */
abstract class CronExpression_AbstractField implements CronExpression_FieldInterface {

	public function isSatisfied( $dateValue, $value ) {
		if ( $this->isIncrementsOfRanges( $value ) ) {
			return $this->isInIncrementsOfRanges( $dateValue, $value );
		}
		if ( $this->isRange( $value ) ) {
			return $this->isInRange( $dateValue, $value );
		}
		return '*' == $value || $dateValue == $value;
	}

	public function isRange( $value ) {
		return strpos( $value, '-' ) !== false;
	}

	public function isIncrementsOfRanges( $value ) {
		return strpos( $value, '/' ) !== false;
	}

	public function isInRange( $dateValue, $value ) {
		list( $low, $high ) = array_map( 'trim', explode( '-', $value, 2 ) );
		return $dateValue >= $low && $dateValue <= $high;
	}

	/** A step counts from the start of its range; of * and 0, from 0. A range without an end has none. */
	public function isInIncrementsOfRanges( $dateValue, $value ) {
		list( $range, $step ) = array_map( 'trim', explode( '/', $value, 2 ) );
		if ( '*' === $range || '0' === $range ) {
			return 0 === (int) $dateValue % $step;
		}
		$range = explode( '-', $range, 2 );
		if ( $dateValue < $range[0] || $dateValue > ( $range[1] ?? $dateValue ) ) {
			return false;
		}
		$distance = $dateValue - $range[0];
		return 0 == $distance || ( $step > 0 && 0.0 === fmod( $distance, $step ) );
	}
}

class CronExpression_MinutesField extends CronExpression_AbstractField {

	public function isSatisfiedBy( DateTime $date, $value ) {
		return $this->isSatisfied( $date->format( 'i' ), $value );
	}

	public function increment( DateTime $date, $invert = false ) {
		$date->modify( $invert ? '-1 minute' : '+1 minute' );
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-0-9]~', $value );
	}
}

class CronExpression_HoursField extends CronExpression_AbstractField {

	public function isSatisfiedBy( DateTime $date, $value ) {
		return $this->isSatisfied( $date->format( 'H' ), $value );
	}

	/** Goes by UTC, which has no hour twice and leaves none out. */
	public function increment( DateTime $date, $invert = false ) {
		$zone = $date->getTimezone();
		$date->setTimezone( new DateTimeZone( 'UTC' ) );
		$date->modify( $invert ? '-1 hour' : '+1 hour' );
		$date->setTime( (int) $date->format( 'H' ), $invert ? 59 : 0 );
		$date->setTimezone( $zone );
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-0-9]~', $value );
	}
}

/** Also: ? for any, L for the last day, nW for the weekday nearest to the nth within the month. */
class CronExpression_DayOfMonthField extends CronExpression_AbstractField {

	public function isSatisfiedBy( DateTime $date, $value ) {
		if ( '?' == $value ) {
			return true;
		}
		if ( 'L' == $value ) {
			return $date->format( 'd' ) === $date->format( 't' );
		}
		$w = strpos( $value, 'W' );
		if ( $w ) {
			return $date->format( 'j' ) === self::nearest_weekday( $date->format( 'Y-m-' ), substr( $value, 0, $w ) );
		}
		return $this->isSatisfied( $date->format( 'd' ), $value );
	}

	/** The day of the month (without a zero) of the weekday nearest to a day; a day too far counts into the next month. */
	private static function nearest_weekday( $month, $day ) {
		$target = new DateTime( $month . str_pad( $day, 2, '0', STR_PAD_LEFT ) );
		foreach ( array( -1, 1, -2, 2 ) as $move ) {
			if ( $target->format( 'N' ) < 6 ) {
				break;
			}
			$near = ( new DateTime( $month . '01' ) )->modify( ( $day + $move - 1 ) . ' days' );
			if ( $near->format( 'N' ) < 6 && $near->format( 'Y-m-' ) === $month ) {
				$target = $near;
			}
		}
		return $target->format( 'j' );
	}

	public function increment( DateTime $date, $invert = false ) {
		$date->modify( $invert ? 'previous day' : 'next day' );
		$invert ? $date->setTime( 23, 59 ) : $date->setTime( 0, 0 );
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-?0-9A-Za-z]~', $value );
	}
}

/** Also the names JAN to DEC. */
class CronExpression_MonthField extends CronExpression_AbstractField {

	private const NAMES = array( 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC' );

	public function isSatisfiedBy( DateTime $date, $value ) {
		return $this->isSatisfied( $date->format( 'm' ), str_ireplace( self::NAMES, range( 1, 12 ), $value ) );
	}

	public function increment( DateTime $date, $invert = false ) {
		if ( $invert ) {
			$date->modify( 'last day of previous month' )->setTime( 23, 59 );
		} else {
			// As Action Scheduler has it: from a day that the next month lacks, this ends in the month after.
			$date->modify( 'next month' );
			$date->setDate( (int) $date->format( 'Y' ), (int) $date->format( 'm' ), 1 )->setTime( 0, 0 );
		}
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-0-9A-Z]~', $value );
	}
}

/** 0 and 7 are Sunday. Also the names SUN to SAT, ? for any, nL for the last n of the month, n#k for the kth. */
class CronExpression_DayOfWeekField extends CronExpression_AbstractField {

	private const NAMES = array( 'SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT' );

	public function isSatisfiedBy( DateTime $date, $value ) {
		if ( '?' == $value ) {
			return true;
		}
		$value = str_ireplace( self::NAMES, range( 0, 6 ), $value );
		$last  = strpos( $value, 'L' );
		if ( $last ) {
			$day = str_replace( '7', '0', substr( $value, 0, $last ) );
			return $date->format( 'w' ) == $day && $date->format( 'j' ) + 7 > $date->format( 't' );
		}
		if ( strpos( $value, '#' ) ) {
			return $this->is_nth( $date, ...array_slice( explode( '#', $value ), 0, 2 ) );
		}
		if ( strpos( $value, '-' ) ) {
			$ends = explode( '-', $value );
			if ( '7' == $ends[0] ) {
				$ends[0] = '0';
			} elseif ( '0' == $ends[1] ) {
				$ends[1] = '7';
			}
			$value = implode( '-', $ends );
		}
		return $this->isSatisfied( $date->format( strpos( $value, '7' ) === false ? 'w' : 'N' ), $value );
	}

	/** Whether the date is the month's nth such weekday, Monday to Friday. */
	private function is_nth( DateTime $date, $weekday, $nth ) {
		if ( $weekday < 1 || $weekday > 5 ) {
			throw new InvalidArgumentException( "Weekday must be a value between 1 and 5. {$weekday} given" );
		}
		if ( $nth > 5 ) {
			throw new InvalidArgumentException( 'There are never more than 5 of a given weekday in a month' );
		}
		return $date->format( 'N' ) == $weekday && (int) ceil( $date->format( 'j' ) / 7 ) === max( 1, (int) ceil( (float) $nth ) );
	}

	public function increment( DateTime $date, $invert = false ) {
		$date->modify( $invert ? '-1 day' : '+1 day' );
		$invert ? $date->setTime( 23, 59, 0 ) : $date->setTime( 0, 0, 0 );
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-0-9A-Z]~', $value );
	}
}

class CronExpression_YearField extends CronExpression_AbstractField {

	public function isSatisfiedBy( DateTime $date, $value ) {
		return $this->isSatisfied( $date->format( 'Y' ), $value );
	}

	public function increment( DateTime $date, $invert = false ) {
		$date->modify( $invert ? '-1 year' : '+1 year' );
		$invert ? $date->setDate( (int) $date->format( 'Y' ), 12, 31 )->setTime( 23, 59, 0 ) : $date->setDate( (int) $date->format( 'Y' ), 1, 1 )->setTime( 0, 0, 0 );
		return $this;
	}

	public function validate( $value ) {
		return (bool) preg_match( '~[*,/\-0-9]~', $value );
	}
}
