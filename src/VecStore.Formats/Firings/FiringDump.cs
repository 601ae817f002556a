namespace VecStore.Formats;

/// <summary>The firings of one document of a dump, as compressed rows over its positions. Borrowed: the next document is written over it.</summary>
/// <param name="Document">Its row in the dump.</param>
/// <param name="TokenStarts">Where the firings of each position start, and the end of the last.</param>
/// <param name="Features">The features, ascending within a position.</param>
/// <param name="Activations">Their activations; 1 where the dump has none.</param>
/// <param name="Tokens">Token ids; empty when the dump has none.</param>
public readonly record struct FiringDumpDocument(
    long Document, ReadOnlyMemory<int> TokenStarts, ReadOnlyMemory<int> Features, ReadOnlyMemory<float> Activations, ReadOnlyMemory<int> Tokens);

/// <summary>How a dump of firings is read.</summary>
public sealed record FiringDumpOptions
{
    /// <summary>Of a folder with latents of several modules: the one to read.</summary>
    public string? Module { get; init; }

    /// <summary>Positions of a document, where the dump does not say; null then takes the last position that fires + 1.</summary>
    public int? DocumentLength { get; init; }

    /// <summary>Of a sparse matrix: its rows are tokens, as many to a document as <see cref="DocumentLength"/> says; otherwise each row is a block.</summary>
    public bool RowsAreTokens { get; init; }

    /// <summary>Features in all, where the dump does not say or says fewer; null takes what it says.</summary>
    public int? FeatureCount { get; init; }
}

/// <summary>
/// A dump of the sparse activations of features, read document by document in bounded memory: delphi's latents (a folder of splits, or one file) or a sparse matrix in an .npz.
/// Errors are <see cref="VectorFileException"/>.
/// </summary>
public abstract class FiringDump : IDisposable
{
    /// <summary>What it is: "delphi latents", "CSR matrix".</summary>
    public abstract string Format { get; }

    /// <summary>The files it consists of.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Features are numbered below this.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>Number of documents.</summary>
    public abstract long DocumentCount { get; }

    /// <summary>The type of the stored activations; null when there are none and every firing has activation 1.</summary>
    public abstract StoredElement? Activation { get; }

    /// <summary>Whether a document is one block whose tokens are not told apart.</summary>
    public abstract bool IsBlocks { get; }

    /// <summary>What the user should know.</summary>
    public abstract IReadOnlyList<string> Notes { get; }

    /// <summary>Opens a dump.</summary>
    /// <param name="path">A folder of delphi latents, one of their files, or an .npz with indptr and indices.</param>
    /// <param name="options">What the dump itself does not say.</param>
    /// <exception cref="VectorFileException">It is none of these, or damaged.</exception>
    public static FiringDump Open(string path, FiringDumpOptions? options = null)
    {
        options ??= new();
        return path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) ? Firings.CsrFirings.Open(path, options) : Firings.DelphiLatents.Open(path, options);
    }

    /// <summary>The documents, each once, in order.</summary>
    public abstract IEnumerable<FiringDumpDocument> Documents(CancellationToken cancellation = default);

    /// <summary>Closes the files.</summary>
    public abstract void Dispose();
}
