package example;

/** A note and its number. */
public record Note(long id, String text) {}
