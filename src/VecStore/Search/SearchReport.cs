namespace VecStore;

/// <summary>What a search did: whether its answer is exact, what it cost, and whether it could find all that was asked for.</summary>
/// <param name="Method"><see cref="SearchMethod.Exact"/> when every row that may be in the answer was compared, otherwise
/// <see cref="SearchMethod.Approximate"/>.</param>
/// <param name="Requested">Rows asked for.</param>
/// <param name="Found">Rows found.</param>
/// <param name="RowsVisited">Rows whose distance to the query was computed (on codes or on the vectors).</param>
/// <param name="RowsEligible">Rows that could have been in the answer: neither deleted nor filtered out.</param>
public readonly record struct SearchReport(SearchMethod Method, int Requested, int Found, long RowsVisited, long RowsEligible)
{
    /// <summary>True when fewer rows were found than asked for.</summary>
    public bool IsShort => Found < Requested;

    /// <summary>One sentence for people.</summary>
    public override string ToString()
    {
        string text = $"{Method}, {RowsVisited:N0} {(RowsVisited == 1 ? "row" : "rows")} visited of {RowsEligible:N0} eligible";
        if (!IsShort) return text;
        string reason = RowsEligible <= Found ? "no more rows are eligible" : "no further row reaches the score asked for, or the graph did not reach one";
        return $"{text}; found {Found} of {Requested}: {reason}";
    }
}
