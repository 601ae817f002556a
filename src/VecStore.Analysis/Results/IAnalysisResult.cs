namespace VecStore.Analysis;

/// <summary>A result that can be shown: as text, JSON, CSV or through a <c>DbDataReader</c> (<see cref="AnalysisResults"/>).</summary>
public interface IAnalysisResult
{
    /// <summary>What it is, in a few words.</summary>
    string Title { get; }

    /// <summary>Single figures: rows seen, exact or approximate, seed, null, effect size, p.</summary>
    IReadOnlyList<ResultFact> Facts { get; }

    /// <summary>Relations; may be empty.</summary>
    IReadOnlyList<ResultTable> Tables { get; }
}

/// <summary>A result put together by hand, or another one with more facts and tables.</summary>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Facts">Single figures.</param>
/// <param name="Tables">Relations.</param>
public sealed record AnalysisReport(string Title, IReadOnlyList<ResultFact> Facts, IReadOnlyList<ResultTable> Tables) : IAnalysisResult;
