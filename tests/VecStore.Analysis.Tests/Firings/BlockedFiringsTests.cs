namespace VecStore.Analysis.Tests.Firings;

public sealed class BlockedFiringsTests
{
    /// <summary>Blocks lie within documents, complete ones only unless the rest is asked for; an activation must be greater than the threshold, not equal.</summary>
    [Fact]
    public void Tokens_become_blocks_by_the_rule()
    {
        // Documents of 5, 2 and 4 tokens; the feature is the number of the token, its activation the number in its document.
        Source source = new(20, [[0, 1, 2, 3, 4], [5, 6], [7, 8, 9, 10]]);
        using BlockedFirings complete = BlockedFirings.Of(source, new(2, Threshold: 0));
        Assert.Equal([[1], [2, 3], [6], [8], [9, 10]], Rows(complete));
        Assert.Equal([(0, 0), (0, 1), (1, 0), (2, 0), (2, 1)], complete.Origins);
        Assert.Equal((3, 10, 1), (complete.Documents, complete.Tokens, complete.TokensLeftOut));
        using BlockedFirings all = BlockedFirings.Of(source, new(2, Threshold: 0, IncludePartial: true));
        Assert.Equal([[1], [2, 3], [4], [6], [8], [9, 10]], Rows(all));
        using BlockedFirings strict = BlockedFirings.Of(source, new(3, Threshold: 2), document => document != 1);
        Assert.Equal([[], []], Rows(strict));
        Assert.Equal((2, 6, 3), (strict.Documents, strict.Tokens, strict.TokensLeftOut));
        using BlockedFirings nearly = BlockedFirings.Of(source, new(5, Threshold: 1.999));
        Assert.Equal([[2, 3, 4]], Rows(nearly));
        Assert.Equal("blocks of 2 positions of a document, the shorter last one too; a feature fires with an activation > 0.5 at any of them", new BlockRule(2, 0.5, true).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockedFirings.Of(source, new(0)));
    }

    private static int[][] Rows(BlockedFirings blocked) => [.. Enumerable.Range(0, (int)blocked.Blocks.Count).Select(block => blocked.Blocks[block].ToArray())];

    private sealed class Source(int features, int[][] documents) : IFiringSource
    {
        public int FeatureCount => features;

        public long DocumentCount => documents.Length;

        public IEnumerable<DocumentFirings> Documents(CancellationToken cancellation = default) =>
            documents.Select((tokens, number) => new DocumentFirings(number, Enumerable.Range(0, tokens.Length + 1).ToArray(), tokens, tokens.Select((_, position) => (float)position).ToArray()));
    }
}
