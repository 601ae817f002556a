using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace VecStore.Storage.Tests;

public partial class LogFormatTests
{
    [Fact]
    public void The_byte_tables_of_the_page_on_the_log_are_those_of_the_structs()
    {
        string page = Checkout.Read("src/VecStore.Storage/Log/README.md");
        (int, int, string)[] written =
            [.. TableRow().Matches(page).Select(row => (Number(row, 1), Number(row, 2), row.Groups[3].Value))];
        Assert.Equal([.. Fields<LogFileHeader>(), .. Fields<FragmentHeader>()], written);
        Assert.Equal((64, 48), (Marshal.SizeOf<LogFileHeader>(), Marshal.SizeOf<FragmentHeader>()));
        Assert.Equal("VVECLOG1FRAG"u8, (ReadOnlySpan<byte>)[.. BitConverter.GetBytes(LogFormat.FileMagic), .. BitConverter.GetBytes(LogFormat.FragmentMagic)]);
    }

    private static int Number(Match row, int group) => int.Parse(row.Groups[group].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<(int, int, string)> Fields<T>() => typeof(T).GetFields().Select(field =>
        (field.GetCustomAttribute<FieldOffsetAttribute>()!.Value, Marshal.SizeOf(field.FieldType), field.Name));

    [GeneratedRegex(@"^\| (\d+) \| (\d+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
