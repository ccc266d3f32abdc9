package pool.api.internal;

/** Tells how little two names differ. */
public final class EditDistance {

  private EditDistance() {}

  /**
   * Counts the letters that must be changed, added or left out to make one name of another:
   * Levenshtein's distance, by the rows of Wagner and Fischer (1974).
   *
   * @param name the one
   * @param other the other
   * @return how many
   */
  public static int between(String name, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= name.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (name.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
