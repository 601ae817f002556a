namespace VecStore.Cli;

/// <summary>What a mistyped name was probably meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the known names, if it is near: a third of the letters wrong at most, or two in short names, one in the shortest.</summary>
    public static string? For(string typed, IEnumerable<string> known)
    {
        (string Name, int Distance)? best = null;
        foreach (string name in known)
        {
            int distance = EditDistance(typed, name);
            int letters = name.Count(char.IsLetterOrDigit);
            if (distance <= (letters <= 3 ? letters / 2 : Math.Max(2, letters / 3)) && (best is null || distance < best.Value.Distance)) best = (name, distance);
        }

        return best?.Name;
    }

    // Levenshtein, one row at a time.
    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int change = a[i - 1] == b[j - 1] ? diagonal : diagonal + 1;
                row[j] = Math.Min(change, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
