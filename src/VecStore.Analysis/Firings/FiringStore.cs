using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>
/// Stored firings, mapped: by document and token, and by feature. Opening reads nothing but the tables; what is read is verified once. Safe for several threads.
/// </summary>
public sealed unsafe partial class FiringStore : IFiringSource, IDisposable
{
    private readonly IDisposable owner;
    private readonly MappedSection documents, features;
    private readonly DocumentEntry* documentTable;
    private readonly FeatureEntry* featureTable;
    private readonly FiringLayout layout;
    private readonly FiringsProperties properties;

    /// <summary>Reads an attachment of kind <see cref="FileKind.Firings"/>; it is disposed with the store.</summary>
    /// <exception cref="StoreCorruptException">The file is damaged, or its tables cannot be.</exception>
    public FiringStore(Attachment attachment) : this(attachment.File, attachment)
    {
        Attachment = attachment.Entry;
    }

    internal FiringStore(SectionFile file, IDisposable owner)
    {
        this.owner = owner;
        if (file.Properties.Length != FiringsProperties.Size) throw file.Corrupt(0, $"properties of {FiringsProperties.Size} bytes", $"{file.Properties.Length}");
        properties = MemoryMarshal.Read<FiringsProperties>(file.Properties);
        layout = new(properties.FeatureBytes, (ActivationType)properties.ActivationType, properties.HasTokens != 0);
        documents = file[FiringLayout.Documents];
        features = file[FiringLayout.Features];
        MappedSection documentSection = file[FiringLayout.DocumentTable], featureSection = file[FiringLayout.FeatureTable];
        if (properties.FeatureCount < 1 || properties.DocumentCount < 0 || properties.FeatureBytes != FiringLayout.FeatureBytesOf(properties.FeatureCount)
            || properties.ActivationType > 2 || properties.TokenCount is < 0 or > uint.MaxValue
            || documentSection.Length != (properties.DocumentCount + 1) * DocumentEntry.Size || featureSection.Length != (long)properties.FeatureCount * FeatureEntry.Size)
        {
            throw file.Corrupt(0, "properties that fit the tables", $"{properties.DocumentCount} documents, {properties.FeatureCount} features");
        }
        documentSection.EnsureAll();
        featureSection.EnsureAll();
        documentTable = (DocumentEntry*)documentSection.Base;
        featureTable = (FeatureEntry*)featureSection.Base;
        CheckTables(documentSection, featureSection);
    }

    /// <summary>Name and provenance; null when it is not an attachment.</summary>
    public AttachmentEntry? Attachment { get; }

    /// <inheritdoc/>
    public int FeatureCount => properties.FeatureCount;

    /// <inheritdoc/>
    public long DocumentCount => properties.DocumentCount;

    /// <summary>Tokens of all documents.</summary>
    public long TokenCount => properties.TokenCount;

    /// <summary>Firings of all tokens.</summary>
    public long FiringCount => properties.FiringCount;

    /// <summary>The precision of the activations.</summary>
    public ActivationType Activation => layout.Activation;

    /// <summary>What a position of a document is.</summary>
    public FiringUnit Unit => (FiringUnit)properties.Unit;

    /// <summary>Whether the ids of the tokens are there.</summary>
    public bool HasTokens => layout.HasTokens;

    /// <summary>The number that the source gave the document at a place.</summary>
    public long DocumentAt(long place) => Entry(place).Document;

    /// <summary>The place of a document, or -1.</summary>
    public long PlaceOf(long document)
    {
        long low = 0, high = DocumentCount;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (documentTable[middle].Document < document) low = middle + 1;
            else high = middle;
        }
        return low < DocumentCount && documentTable[low].Document == document ? low : -1;
    }

    /// <summary>Tokens of the document at a place.</summary>
    public int TokensAt(long place) => (int)(Entry(place + 1, orEnd: true).FirstToken - Entry(place).FirstToken);

    /// <summary>The document at a place, in memory of its own.</summary>
    public DocumentFirings Read(long place)
    {
        DocumentEntry entry = Entry(place), next = Entry(place + 1, orEnd: true);
        int tokens = (int)(next.FirstToken - entry.FirstToken), firings = (int)(next.FirstFiring - entry.FirstFiring);
        Buffers buffers = new();
        buffers.Reserve(tokens, firings);
        return Decode(entry, next, buffers);
    }

    /// <inheritdoc/>
    public IEnumerable<DocumentFirings> Documents(CancellationToken cancellation = default)
    {
        Buffers buffers = new();
        for (long place = 0; place < DocumentCount; place++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return DecodeAt(place, buffers);
        }
    }

    /// <summary>The firings of one token.</summary>
    /// <param name="place">The place of its document.</param>
    /// <param name="position">Its position there.</param>
    public Firing[] FiringsOf(long place, int position)
    {
        DocumentFirings document = Read(place);
        if ((uint)position >= (uint)document.TokenCount) throw new ArgumentOutOfRangeException(nameof(position), position, $"document {document.Document} has {document.TokenCount:N0} tokens");
        int start = document.TokenStarts[position];
        Firing[] firings = new Firing[document.TokenStarts[position + 1] - start];
        for (int i = 0; i < firings.Length; i++) firings[i] = new(checked((int)place), position, document.Features[start + i], document.Activations[start + i]);
        return firings;
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => owner.Dispose();

    private DocumentEntry Entry(long place, bool orEnd = false)
    {
        if (place < 0 || place > DocumentCount || (place == DocumentCount && !orEnd))
            throw new ArgumentOutOfRangeException(nameof(place), place, $"there are {DocumentCount:N0} documents");
        return documentTable[place];
    }

    private DocumentFirings DecodeAt(long place, Buffers buffers)
    {
        DocumentEntry entry = documentTable[place], next = documentTable[place + 1];
        buffers.Reserve((int)(next.FirstToken - entry.FirstToken), (int)(next.FirstFiring - entry.FirstFiring));
        return Decode(entry, next, buffers);
    }

    private DocumentFirings Decode(in DocumentEntry entry, in DocumentEntry next, Buffers buffers)
    {
        int tokens = (int)(next.FirstToken - entry.FirstToken), firings = (int)(next.FirstFiring - entry.FirstFiring);
        documents.Ensure(entry.Offset, next.Offset - entry.Offset);
        byte* record = documents.Base + entry.Offset;
        buffers.Starts[0] = 0;
        new ReadOnlySpan<int>(record, tokens).CopyTo(buffers.Starts.AsSpan(1));
        if (layout.HasTokens) new ReadOnlySpan<int>(record + FiringLayout.TokensAt(tokens), tokens).CopyTo(buffers.Tokens);
        byte* features = record + layout.FeaturesAt(tokens);
        if (layout.FeatureBytes == 4) new ReadOnlySpan<int>(features, firings).CopyTo(buffers.Features);
        else for (int i = 0; i < firings; i++) buffers.Features[i] = ((ushort*)features)[i];
        ReadActivations(record + layout.ActivationsAt(tokens, firings), buffers.Activations.AsSpan(0, firings));
        try
        {
            DocumentFirings document = new(entry.Document, buffers.Starts.AsMemory(0, tokens + 1), buffers.Features.AsMemory(0, firings),
                buffers.Activations.AsMemory(0, firings), layout.HasTokens ? buffers.Tokens.AsMemory(0, tokens) : default);
            return document;
        }
        catch (ArgumentException wrong)
        {
            throw documents.Corrupt(entry.Offset, "a document whose parts fit", wrong.Message);
        }
    }

    private void ReadActivations(byte* stored, Span<float> activations)
    {
        switch (layout.Activation)
        {
            case ActivationType.Float32:
                new ReadOnlySpan<float>(stored, activations.Length).CopyTo(activations);
                break;
            case ActivationType.Float16:
                for (int i = 0; i < activations.Length; i++) activations[i] = (float)((Half*)stored)[i];
                break;
            default:
                activations.Fill(1);
                break;
        }
    }

    // What checksums allow but cannot be: every later pointer stays inside the sections.
    private void CheckTables(MappedSection documentSection, MappedSection featureSection)
    {
        for (long place = 0; place < DocumentCount; place++)
        {
            DocumentEntry entry = documentTable[place], next = documentTable[place + 1];
            long tokens = next.FirstToken - entry.FirstToken, firings = next.FirstFiring - entry.FirstFiring;
            if (tokens is < 0 or > int.MaxValue || firings is < 0 or > int.MaxValue || entry.Offset < 0 || next.Offset - entry.Offset != layout.DocumentLength(tokens, firings)
                || next.Document <= entry.Document)
            {
                throw documentSection.Corrupt(place * DocumentEntry.Size, "documents one after another", $"{tokens} tokens and {firings} firings at {entry.Offset}");
            }
        }
        DocumentEntry first = documentTable[0], last = documentTable[DocumentCount];
        if (first.Offset != 0 || first.FirstToken != 0 || first.FirstFiring != 0 || last.Offset != documents.Length || last.FirstToken != TokenCount || last.FirstFiring != FiringCount)
            throw documentSection.Corrupt(0, "documents that fill their section", $"an end at {last.Offset}");
        long offset = 0, sum = 0;
        for (int feature = 0; feature < FeatureCount; feature++)
        {
            FeatureEntry entry = featureTable[feature];
            if (entry.Count < 0 || entry.Count > TokenCount || entry.Offset != offset)
                throw featureSection.Corrupt((long)feature * FeatureEntry.Size, "features one after another", $"{entry.Count} firings at {entry.Offset}");
            offset += layout.FeatureLength(entry.Count);
            sum += entry.Count;
        }
        if (offset != features.Length || sum != FiringCount) throw featureSection.Corrupt(0, $"{FiringCount} firings in {features.Length} bytes", $"{sum} in {offset}");
    }

    private sealed class Buffers
    {
        public int[] Starts = [], Tokens = [], Features = [];
        public float[] Activations = [];

        public void Reserve(int tokens, int firings)
        {
            if (Starts.Length <= tokens)
            {
                Starts = new int[tokens + 1];
                Tokens = new int[tokens];
            }
            if (Features.Length >= firings) return;
            Features = new int[firings];
            Activations = new float[firings];
        }
    }
}
