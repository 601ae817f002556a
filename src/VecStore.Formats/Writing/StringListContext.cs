using System.Text.Json.Serialization;

namespace VecStore.Formats.Writing;

/// <summary>Lists of strings to JSON without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StringListContext : JsonSerializerContext;
