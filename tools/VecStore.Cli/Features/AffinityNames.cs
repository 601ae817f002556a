using VecStore.Analysis;

namespace VecStore.Cli.Features;

/// <summary>The affinities of co-occurrence as they are typed.</summary>
internal static class AffinityNames
{
    public static Names<CooccurrenceAffinity> All { get; } = new(
        ("phi", CooccurrenceAffinity.Phi), ("jaccard", CooccurrenceAffinity.Jaccard), ("dice", CooccurrenceAffinity.Dice), ("overlap", CooccurrenceAffinity.Overlap),
        ("simple-matching", CooccurrenceAffinity.SimpleMatching));
}
