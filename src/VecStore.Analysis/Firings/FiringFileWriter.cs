using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>How firings are stored.</summary>
public sealed record FiringOptions
{
    /// <summary>The precision of the activations: that of the source, so that nothing is lost and nothing wasted.</summary>
    public ActivationType Activation { get; init; } = ActivationType.Float32;

    /// <summary>What a position of a document is.</summary>
    public FiringUnit Unit { get; init; } = FiringUnit.Token;

    /// <summary>
    /// Bytes for turning the rows by token into rows by feature: all firings are read again as often as (4 + bytes of an activation) x firings exceed this.
    /// </summary>
    public long TranspositionMemory { get; init; } = 256L << 20;
}

/// <summary>
/// Writes a file of firings, document by document, in bounded memory: 32 bytes a document, 16 a feature, and <see cref="FiringOptions.TranspositionMemory"/> at the end. FIRINGS.md describes
/// the file. Not for several threads.
/// </summary>
public sealed unsafe class FiringFileWriter : IFiringSink
{
    private const int MostFeatures = 1 << 28;

    private readonly SectionFileWriter writer;
    private readonly FiringOptions options;
    private readonly int featureCount;
    private readonly List<DocumentEntry> documents = [];
    private readonly long[] counts;
    private FiringLayout layout;
    private byte[] record = new byte[1 << 16];
    private bool complete;

    /// <summary>Begins the file.</summary>
    /// <param name="writer">A writer of a file of kind <see cref="FileKind.Firings"/>.</param>
    /// <param name="featureCount">Features are numbered below this.</param>
    /// <param name="options">Precision and memory.</param>
    public FiringFileWriter(SectionFileWriter writer, int featureCount, FiringOptions? options = null)
    {
        if (featureCount is < 1 or > MostFeatures) throw new ArgumentOutOfRangeException(nameof(featureCount), featureCount, $"1 to {MostFeatures:N0} features are allowed");
        this.writer = writer;
        this.options = options ?? new();
        this.featureCount = featureCount;
        counts = new long[featureCount];
        layout = new(FiringLayout.FeatureBytesOf(featureCount), this.options.Activation, false);
        writer.BeginSection(FiringLayout.Documents);
    }

    /// <summary>Documents so far.</summary>
    public long DocumentCount => complete ? documents.Count - 1 : documents.Count;

    /// <summary>Tokens so far.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Firings so far.</summary>
    public long FiringCount { get; private set; }

    /// <inheritdoc/>
    public void AppendDocument(
        long document, ReadOnlySpan<int> tokenStarts, ReadOnlySpan<int> features, ReadOnlySpan<float> activations, ReadOnlySpan<int> tokens = default)
    {
        if (complete) throw new InvalidOperationException("the file is complete");
        DocumentFirings.Check(tokenStarts, features, activations, tokens, featureCount);
        int count = tokenStarts.Length - 1;
        if (documents.Count > 0 && document <= documents[^1].Document)
            throw new ArgumentException($"document {document} after {documents[^1].Document}: documents ascend, each once", nameof(document));
        if (TokenCount + count > uint.MaxValue) throw new ArgumentException($"more than {uint.MaxValue:N0} tokens", nameof(tokenStarts));
        if (TokenCount == 0) layout = layout with { HasTokens = !tokens.IsEmpty };
        else if (count > 0 && layout.HasTokens == tokens.IsEmpty)
            throw new ArgumentException($"document {document} has {(tokens.IsEmpty ? "no " : "")}token ids, unlike those before it", nameof(tokens));

        documents.Add(new() { Document = document, Offset = writer.Position, FirstToken = TokenCount, FirstFiring = FiringCount });
        int length = checked((int)layout.DocumentLength(count, features.Length));
        if (record.Length < length) record = new byte[Math.Max(length, 2 * record.Length)];
        Span<byte> bytes = record.AsSpan(0, length);
        bytes.Clear();
        MemoryMarshal.Cast<int, byte>(tokenStarts[1..]).CopyTo(bytes);
        MemoryMarshal.Cast<int, byte>(tokens).CopyTo(bytes[(int)FiringLayout.TokensAt(count)..]);
        Span<byte> ofFeatures = bytes[(int)layout.FeaturesAt(count)..], ofActivations = bytes[(int)layout.ActivationsAt(count, features.Length)..];
        for (int i = 0; i < features.Length; i++)
        {
            if (layout.FeatureBytes == 2) MemoryMarshal.Cast<byte, ushort>(ofFeatures)[i] = (ushort)features[i];
            counts[features[i]]++;
            float activation = activations[i];
            if (!float.IsFinite(activation)) throw new ArgumentException($"document {document} has the activation {activation}; activations are finite", nameof(activations));
            if (layout.Activation == ActivationType.Float16) MemoryMarshal.Cast<byte, Half>(ofActivations)[i] = (Half)activation;
        }
        if (layout.FeatureBytes == 4) MemoryMarshal.Cast<int, byte>(features).CopyTo(ofFeatures);
        if (layout.Activation == ActivationType.Float32) MemoryMarshal.Cast<float, byte>(activations).CopyTo(ofActivations);
        writer.Write(bytes);
        TokenCount += count;
        FiringCount += features.Length;
    }

    /// <summary>Writes the tables and the rows by feature. The section file itself is completed by whoever began it.</summary>
    /// <param name="progress">Told the share done, 0 to 1.</param>
    /// <param name="cancellation">Ends the writing; the file is then not whole.</param>
    public void Complete(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (complete) throw new InvalidOperationException("the file is complete");
        complete = true;
        long end = writer.Position;
        documents.Add(new() { Document = long.MaxValue, Offset = end, FirstToken = TokenCount, FirstFiring = FiringCount });
        writer.BeginSection(FiringLayout.DocumentTable);
        writer.Write<DocumentEntry>(CollectionsMarshal.AsSpan(documents));
        WriteByFeature(progress, cancellation);
        FiringsProperties properties = new()
        {
            FeatureCount = featureCount,
            ActivationType = (byte)layout.Activation,
            FeatureBytes = (byte)layout.FeatureBytes,
            HasTokens = layout.HasTokens ? (byte)1 : (byte)0,
            Unit = (byte)options.Unit,
            DocumentCount = documents.Count - 1,
            TokenCount = TokenCount,
            FiringCount = FiringCount,
        };
        writer.SetProperties(MemoryMarshal.AsBytes(new ReadOnlySpan<FiringsProperties>(in properties)));
    }

    // Range of features after range, as many as the memory holds; each takes one pass over the documents. A feature that alone does not fit is written as it is read, in two passes.
    private void WriteByFeature(IProgress<double>? progress, CancellationToken cancellation)
    {
        long most = Math.Max(1, options.TranspositionMemory / (4 + layout.ActivationBytes)), done = 0;
        var table = new FeatureEntry[featureCount];
        long offset = 0;
        for (int feature = 0; feature < featureCount; feature++)
        {
            table[feature] = new() { Offset = offset, Count = counts[feature] };
            offset += layout.FeatureLength(counts[feature]);
        }
        writer.BeginSection(FiringLayout.Features);
        for (int first = 0; first < featureCount;)
        {
            int end = first + 1;
            long sum = counts[first];
            while (end < featureCount && sum + counts[end] <= most) sum += counts[end++];
            if (sum > most) StreamFeature(first, cancellation);
            else if (sum > 0) WriteRange(first, end, sum, cancellation);
            first = end;
            done += sum;
            progress?.Report(FiringCount == 0 ? 1 : (double)done / FiringCount);
        }
        writer.BeginSection(FiringLayout.FeatureTable);
        writer.Write<FeatureEntry>(table);
    }

    private void WriteRange(int first, int end, long sum, CancellationToken cancellation)
    {
        int width = layout.ActivationBytes;
        uint* tokens = (uint*)NativeMemory.Alloc((nuint)sum, sizeof(uint));
        byte* activations = (byte*)NativeMemory.Alloc((nuint)sum, (nuint)Math.Max(width, 1));
        try
        {
            long[] next = new long[end - first];
            for (int i = 1; i < next.Length; i++) next[i] = next[i - 1] + counts[first + i - 1];
            Scan(first, end, (feature, token, activation) =>
            {
                long at = next[feature - first]++;
                tokens[at] = token;
                if (width == 4) ((uint*)activations)[at] = *(uint*)activation;
                else if (width == 2) ((ushort*)activations)[at] = *(ushort*)activation;
            }, cancellation);
            long start = 0;
            for (int feature = first; feature < end; feature++)
            {
                WriteBytes((byte*)(tokens + start), sizeof(uint) * counts[feature]);
                WriteBytes(activations + (width * start), width * counts[feature]);
                writer.Align(8);
                start += counts[feature];
            }
        }
        finally
        {
            NativeMemory.Free(tokens);
            NativeMemory.Free(activations);
        }
    }

    private void StreamFeature(int feature, CancellationToken cancellation)
    {
        int width = layout.ActivationBytes;
        Scan(feature, feature + 1, (_, token, _) => writer.Write(new ReadOnlySpan<uint>(in token)), cancellation);
        if (width > 0) Scan(feature, feature + 1, (_, _, activation) => writer.Write(new ReadOnlySpan<byte>(activation, width)), cancellation);
        writer.Align(8);
    }

    private void WriteBytes(byte* bytes, long length)
    {
        const int piece = 1 << 30;
        for (; length > piece; length -= piece, bytes += piece) writer.Write(new ReadOnlySpan<byte>(bytes, piece));
        writer.Write(new ReadOnlySpan<byte>(bytes, (int)length));
    }

    private delegate void Visit(int feature, uint token, byte* activation);

    // Reads the documents back, several at a time, and shows the firings of a range of features in the order of the tokens.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scan(int first, int end, Visit visit, CancellationToken cancellation)
    {
        const int chunk = 4 << 20;
        byte[] buffer = [];
        for (int document = 0; document < documents.Count - 1;)
        {
            cancellation.ThrowIfCancellationRequested();
            int last = document + 1;
            while (last < documents.Count - 1 && documents[last + 1].Offset - documents[document].Offset <= chunk) last++;
            long start = documents[document].Offset;
            int length = checked((int)(documents[last].Offset - start));
            if (buffer.Length < length) buffer = new byte[Math.Max(length, chunk)];
            writer.ReadBack(FiringLayout.Documents, start, buffer.AsSpan(0, length));
            fixed (byte* bytes = buffer)
            {
                for (; document < last; document++)
                {
                    DocumentEntry entry = documents[document], next = documents[document + 1];
                    long count = next.FirstToken - entry.FirstToken, firings = next.FirstFiring - entry.FirstFiring;
                    byte* at = bytes + (entry.Offset - start), features = at + layout.FeaturesAt(count), activations = at + layout.ActivationsAt(count, firings);
                    int width = layout.ActivationBytes, i = 0;
                    for (uint token = 0; token < count; token++)
                    {
                        for (int stop = ((int*)at)[token]; i < stop; i++)
                        {
                            int feature = layout.FeatureBytes == 2 ? ((ushort*)features)[i] : ((int*)features)[i];
                            if (feature >= first && feature < end) visit(feature, (uint)entry.FirstToken + token, activations + ((long)i * width));
                        }
                    }
                }
            }
        }
    }
}
