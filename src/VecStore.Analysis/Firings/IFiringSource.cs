namespace VecStore.Analysis;

/// <summary>Sparse activations of features on the tokens of documents, read document by document.</summary>
public interface IFiringSource
{
    /// <summary>Features are numbered from 0 to this, exclusive; many of them may never fire.</summary>
    int FeatureCount { get; }

    /// <summary>Number of documents.</summary>
    long DocumentCount { get; }

    /// <summary>The documents in order, each once. What is handed out is valid until the next is asked for.</summary>
    IEnumerable<DocumentFirings> Documents(CancellationToken cancellation = default);
}
