namespace VecStore.Analysis;

/// <summary>A file that an autoencoder was read from.</summary>
/// <param name="Path">Its path then.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal digits.</param>
public sealed record SparseOriginFile(string Path, long Bytes, string Sha256);

/// <summary>Where an autoencoder comes from: what must be known before its features are compared with others'.</summary>
public sealed record SparseOrigin
{
    /// <summary>Whose layout its file had: "sae_lens", "gemma_scope" ...</summary>
    public string Family { get; init; } = "";

    /// <summary>The model whose activations it takes apart; null where nobody said.</summary>
    public string? Model { get; init; }

    /// <summary>Hook name or module path.</summary>
    public string? Site { get; init; }

    /// <summary>The layer, in the numbering of its file.</summary>
    public int? Layer { get; init; }

    /// <summary>The files, the weights first.</summary>
    public IReadOnlyList<SparseOriginFile> Files { get; init; } = [];

    /// <summary>Other facts: prepend_bos, context_size, dataset_path ...</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>How the matrices lay and what proved it, what was left out or folded on reading.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Features that held a NaN or an infinity and were set to zero.</summary>
    public IReadOnlyList<int> Damaged { get; init; } = [];
}
