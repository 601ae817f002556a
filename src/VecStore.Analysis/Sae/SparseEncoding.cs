using System.Diagnostics;

namespace VecStore.Analysis;

/// <summary>How activations are encoded.</summary>
public sealed record SparseEncodingOptions
{
    /// <summary>Activations must exceed this to be kept; 0 keeps every positive one.</summary>
    public float Least { get; init; }

    /// <summary>Threads; 0 means one for each processor. The result is the same for any number.</summary>
    public int Threads { get; init; }
}

/// <summary>What an encoding did.</summary>
/// <param name="Documents">Documents.</param>
/// <param name="Tokens">Rows encoded.</param>
/// <param name="Firings">Activations kept.</param>
/// <param name="Elapsed">Time.</param>
public sealed record SparseEncodingReport(long Documents, long Tokens, long Firings, TimeSpan Elapsed)
{
    /// <summary>Mean number of active features of a token.</summary>
    public double MeanActive => Tokens == 0 ? 0 : (double)Firings / Tokens;

    /// <summary>Tokens a second.</summary>
    public double TokensPerSecond => Tokens / Elapsed.TotalSeconds;
}

/// <summary>Runs a sparse autoencoder over rows of activations and hands its firings on, document by document.</summary>
public static class SparseEncoding
{
    private const int RowsOfBlock = 64;
    private const int BlocksPerThread = 8;

    /// <summary>Encodes all rows. Memory: the encoder twice, a few hundred rows, and the firings of one document.</summary>
    /// <param name="model">The autoencoder.</param>
    /// <param name="rows">Activations, one row a token.</param>
    /// <param name="documents">Which document and position each row belongs to. Positions without a row have no firings.</param>
    /// <param name="sink">Takes the firings.</param>
    /// <param name="options">Which are kept.</param>
    /// <param name="progress">Hears how many rows are done.</param>
    /// <param name="cancellation">Stops between blocks; what the sink took by then is its owner's to throw away.</param>
    /// <exception cref="ArgumentException">The rows have another dimension than the autoencoder's inputs.</exception>
    /// <exception cref="InvalidDataException">Documents or positions do not ascend, or a row holds a NaN or an infinity.</exception>
    public static SparseEncodingReport Encode(
        this SparseAutoencoder model, IRowSource rows, DocumentRows documents, IFiringSink sink, SparseEncodingOptions? options = null,
        Action<long>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (rows.Dimension != model.InputDimension)
            throw new ArgumentException($"the rows have {rows.Dimension:N0} elements, the autoencoder takes {model.InputDimension:N0}", nameof(rows));
        long started = Stopwatch.GetTimestamp();
        int threads = Workers.Count(options.Threads, (rows.Count + RowsOfBlock - 1) / RowsOfBlock);
        using SparseEncoder encoder = new(model);
        SparseBlock[] blocks = [.. Enumerable.Range(0, threads * BlocksPerThread).Select(_ => new SparseBlock())];
        Assembly assembly = new(documents, rows.Count, sink);
        try
        {
            for (int first = 0; first < rows.Count; first += blocks.Length * RowsOfBlock)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(blocks.Length, (rows.Count - first + RowsOfBlock - 1) / RowsOfBlock), next = 0;
                Workers.Run(Math.Min(threads, count), _ =>
                {
                    float[] buffer = new float[RowsOfBlock * rows.Dimension];
                    for (int block; (block = Interlocked.Increment(ref next) - 1) < count;)
                    {
                        int start = first + block * RowsOfBlock;
                        Span<float> read = buffer.AsSpan(0, Math.Min(RowsOfBlock, rows.Count - start) * rows.Dimension);
                        rows.Read(start, read);
                        int bad = read.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
                        if (bad >= 0) throw new InvalidDataException($"row {start + bad / rows.Dimension} holds a NaN or an infinity");
                        encoder.Encode(read, blocks[block], options.Least);
                    }
                });
                for (int block = 0; block < count; block++) assembly.Add(blocks[block]);
                progress?.Invoke(Math.Min(rows.Count, first + blocks.Length * RowsOfBlock));
            }
        }
        finally
        {
            foreach (SparseBlock block in blocks) block.Dispose();
        }
        return new(assembly.Documents, rows.Count, assembly.Firings, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Puts the firings of blocks together to documents.</summary>
    private sealed class Assembly
    {
        private readonly IEnumerator<DocumentRange> ranges;
        private readonly DocumentRows documents;
        private readonly IFiringSink sink;
        private readonly List<int> starts = [], features = [], tokens = [];
        private readonly List<float> activations = [];
        private int row;

        public Assembly(DocumentRows documents, int rows, IFiringSink sink)
        {
            (this.documents, this.sink) = (documents, sink);
            ranges = documents.Documents(rows).GetEnumerator();
            ranges.MoveNext();
        }

        public long Documents { get; private set; }

        public long Firings { get; private set; }

        public void Add(SparseBlock block)
        {
            int from = 0;
            foreach (int end in block.Ends)
            {
                for (int position = documents.PositionOf(row); starts.Count <= position;) Begin(starts.Count == position ? documents.TokenOf(row) : -1);
                features.AddRange(block.Features[from..end]);
                activations.AddRange(block.Activations[from..end]);
                from = end;
                row++;
                if (row == ranges.Current.First + ranges.Current.Count) Hand();
            }
        }

        private void Begin(int token)
        {
            starts.Add(features.Count);
            tokens.Add(token);
        }

        private void Hand()
        {
            starts.Add(features.Count);
            bool named = documents.HasTokens && !tokens.Contains(-1);
            sink.AppendDocument(ranges.Current.Document, Span(starts), Span(features), Span(activations), named ? Span(tokens) : default);
            Documents++;
            Firings += features.Count;
            starts.Clear();
            features.Clear();
            activations.Clear();
            tokens.Clear();
            ranges.MoveNext();
        }

        private static ReadOnlySpan<T> Span<T>(List<T> list) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list);
    }
}
