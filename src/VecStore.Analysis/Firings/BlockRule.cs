using System.Globalization;

namespace VecStore.Analysis;

/// <summary>How tokens become blocks, and when a feature fires in one.</summary>
/// <param name="Length">Tokens of a block. Blocks lie within a document and follow one another from its first token.</param>
/// <param name="Threshold">A feature fires on a token when its activation is greater than this (not equal); in a block when it does on any of its tokens.</param>
/// <param name="IncludePartial">Whether the shorter block at the end of a document counts too.</param>
public sealed record BlockRule(int Length = 256, double Threshold = 1, bool IncludePartial = false)
{
    /// <summary>The rule for stored firings when nothing else is asked for: 256 tokens and activations over 1; blocks that are stored as such are taken as they are.</summary>
    public static BlockRule DefaultOf(FiringStore firings) =>
        new(firings.Unit == FiringUnit.Block ? 1 : 256, firings.Activation == ActivationType.None ? 0 : 1);

    /// <summary>The rule in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"blocks of {Length:N0} positions of a document{(IncludePartial ? ", the shorter last one too" : ", complete ones only")}; a feature fires with an activation > {Threshold} at any of them");
}

/// <summary>Blocks made of firings, and what was left out.</summary>
/// <param name="Blocks">The blocks; disposed by whoever has this.</param>
/// <param name="Rule">How they were made.</param>
/// <param name="Documents">Documents looked at.</param>
/// <param name="Tokens">Tokens in the blocks.</param>
/// <param name="TokensLeftOut">Tokens behind the last complete block of their document.</param>
/// <param name="Origins">For each block its document and the place of the block in it.</param>
public sealed record BlockedFirings(FeatureBlocks Blocks, BlockRule Rule, long Documents, long Tokens, long TokensLeftOut, IReadOnlyList<(long Document, int Block)> Origins) : IDisposable
{
    /// <summary>Makes blocks of the tokens of documents.</summary>
    /// <param name="source">The firings.</param>
    /// <param name="rule">Length, threshold, and what becomes of the rest.</param>
    /// <param name="documents">Only documents that pass, by number; null takes all.</param>
    /// <param name="memoryLimit">Bytes of memory before the blocks go to a temporary file.</param>
    /// <param name="progress">Told the documents done.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static BlockedFirings Of(
        IFiringSource source, BlockRule rule, Func<long, bool>? documents = null, long memoryLimit = FeatureBlocks.DefaultMemoryLimit, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.Length, 1, nameof(rule));
        if (double.IsNaN(rule.Threshold)) throw new ArgumentException("the threshold is not a number", nameof(rule));
        FeatureBlocks blocks = new(source.FeatureCount, memoryLimit);
        List<(long, int)> origins = [];
        long seen = 0, tokens = 0, leftOut = 0;
        try
        {
            long[] lastBlock = new long[source.FeatureCount]; // the block, counted from 1, in which a feature was met last
            List<int> firing = [];
            foreach (DocumentFirings document in source.Documents(cancellation))
            {
                if (documents is not null && !documents(document.Document)) continue;
                seen++;
                ReadOnlySpan<int> starts = document.TokenStarts, features = document.Features;
                ReadOnlySpan<float> activations = document.Activations;
                for (int first = 0; first < document.TokenCount; first += rule.Length)
                {
                    int end = (int)Math.Min(document.TokenCount, (long)first + rule.Length);
                    if (end - first < rule.Length && !rule.IncludePartial)
                    {
                        leftOut += end - first;
                        break;
                    }
                    firing.Clear();
                    for (int i = starts[first]; i < starts[end]; i++)
                    {
                        if (!(activations[i] > rule.Threshold) || lastBlock[features[i]] == blocks.Count + 1) continue;
                        lastBlock[features[i]] = blocks.Count + 1;
                        firing.Add(features[i]);
                    }
                    firing.Sort();
                    blocks.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(firing));
                    origins.Add((document.Document, first / rule.Length));
                    tokens += end - first;
                }
                progress?.Report(seen);
            }
            return new(blocks, rule, seen, tokens, leftOut, origins);
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the blocks.</summary>
    public void Dispose() => Blocks.Dispose();
}
