using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace VecStore.Storage.Tests.Format;

/// <summary>FORMAT.md says what the code does: its byte tables are the structs, its annotated bytes are what a writer writes now.</summary>
public sealed partial class FormatDocumentTests
{
    private static readonly string DocumentPath = Path.Combine(Checkout.Root, "src", "VecStore.Storage", "FORMAT.md");

    public static TheoryData<Type> Structs => new(
        typeof(FileHeader), typeof(SectionEntry), typeof(SegmentProperties), typeof(FieldEntry), typeof(DeletionsProperties));

    [Theory, MemberData(nameof(Structs))]
    public void The_byte_table_of_a_struct_agrees_with_the_struct(Type type)
    {
        (string Name, int Offset, int Size)[] inCode = [.. type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Select(field => (field.Name, field.GetCustomAttribute<FieldOffsetAttribute>()!.Value, Marshal.SizeOf(field.FieldType)))];
        Assert.NotEmpty(inCode);
        Assert.Equal(inCode, Table(type.Name, Marshal.SizeOf(type)));
        for (int i = 1; i < inCode.Length; i++) Assert.True(inCode[i - 1].Offset + inCode[i - 1].Size <= inCode[i].Offset, $"{inCode[i].Name} overlaps");
    }

    [Fact]
    public void The_annotated_bytes_are_what_the_writer_writes()
    {
        string document = File.ReadAllText(DocumentPath).ReplaceLineEndings("\n");
        string now = GoldenSegment.Annotated();
        Match block = GoldenBlock().Match(document);
        Assert.True(block.Success, "FORMAT.md has no block ```golden");
        if (Environment.GetEnvironmentVariable("VECSTORE_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(DocumentPath, document[..block.Groups[1].Index] + now + document[(block.Groups[1].Index + block.Groups[1].Length)..]);
            return;
        }
        // A deliberate change of the format: raise FileHeader.CurrentVersion, keep a reader of the old one, and run with VECSTORE_WRITE_GOLDEN=1.
        Assert.Equal(block.Groups[1].Value, now);
    }

    private static (string Name, int Offset, int Size)[] Table(string structName, int size)
    {
        string[] lines = File.ReadAllLines(DocumentPath);
        int heading = Array.FindIndex(lines, line => line.StartsWith('#') && line.EndsWith($"`{structName}` ({size} bytes)", StringComparison.Ordinal));
        Assert.True(heading >= 0, $"FORMAT.md has no heading that ends in `{structName}` ({size} bytes)");
        List<(string, int, int)> rows = [];
        foreach (string line in lines.Skip(heading + 1).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')))
        {
            Match row = TableRow().Match(line);
            if (row.Success) rows.Add((row.Groups["name"].Value, Number(row.Groups["offset"]), Number(row.Groups["size"])));
        }
        return [.. rows];
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (?<offset>\d+) \| (?<size>\d+) \| `(?<name>\w+)` \|")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"```golden\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex GoldenBlock();
}
