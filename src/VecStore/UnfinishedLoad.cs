namespace VecStore;

/// <summary>A bulk load with a source that has staged rows and was not published: it was broken off and can go on, or it is under way.</summary>
/// <param name="Collection">The collection it goes into.</param>
/// <param name="Source">What it loads: <see cref="BulkLoadOptions.Source"/>.</param>
/// <param name="Rows">Rows of the source that are staged.</param>
/// <param name="Bytes">Bytes that they take.</param>
/// <param name="At">When the last of them were staged, in UTC; null when a version before 0.1.0 staged them.</param>
public sealed record UnfinishedLoad(string Collection, string Source, long Rows, long Bytes, DateTimeOffset? At);
