using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Concepts and relations as files of pairs.</summary>
internal static class Concepts
{
    /// <summary>A file of pairs, named after the file: JSON as the field publishes relations, or two keys a line.</summary>
    public static ConceptPairs Read(string path)
    {
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        return new(Path.GetFileNameWithoutExtension(path), Path.GetExtension(path) == ".json" ? RelationFile.Read(path) : TextFiles.Pairs(path));
    }
}
