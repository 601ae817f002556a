namespace VecStore.Indexing;

/// <summary>A row and how near it is. Nearer first, rows of equal score by number.</summary>
/// <param name="Row">Row number in its segment.</param>
/// <param name="Score">Higher is nearer: cosine, inner product, or the Euclidean distance negated.</param>
public readonly record struct ScoredRow(int Row, float Score) : IComparable<ScoredRow>
{
    /// <summary>Negative when this row comes before <paramref name="other"/>: higher score, or equal score and smaller row.</summary>
    public int CompareTo(ScoredRow other) => Score > other.Score ? -1 : Score < other.Score ? 1 : Row.CompareTo(other.Row);

    /// <summary>Comes earlier in an answer.</summary>
    public static bool operator <(ScoredRow left, ScoredRow right) => left.CompareTo(right) < 0;

    /// <summary>Comes later in an answer.</summary>
    public static bool operator >(ScoredRow left, ScoredRow right) => left.CompareTo(right) > 0;

    /// <summary>Comes earlier in an answer, or is the same.</summary>
    public static bool operator <=(ScoredRow left, ScoredRow right) => left.CompareTo(right) <= 0;

    /// <summary>Comes later in an answer, or is the same.</summary>
    public static bool operator >=(ScoredRow left, ScoredRow right) => left.CompareTo(right) >= 0;
}
