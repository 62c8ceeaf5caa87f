package shop.checkout;

/** Asks the flag service. */
interface Flags {

    /** Whether a flag is on for a user. A flag that the service does not know is off for everybody. */
    boolean on(String flag, long userId);
}
