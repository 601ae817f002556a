using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace VecStore.Analysis.Tests.Firings;

public sealed class FiringsDocumentTests
{
    [Theory]
    [InlineData(typeof(FiringsProperties))]
    [InlineData(typeof(DocumentEntry))]
    [InlineData(typeof(FeatureEntry))]
    public void The_tables_of_the_page_are_the_structs_of_the_code(Type type)
    {
        string page = Checkout.Read("src/VecStore.Analysis/Firings/FIRINGS.md");
        Match title = Regex.Match(page, $@"`{type.Name}` \((\d+) bytes\)\n((\|.*\n)+)");
        Assert.True(title.Success, $"no table of {type.Name}");
        Assert.Equal(Marshal.SizeOf(type), int.Parse(title.Groups[1].Value, CultureInfo.InvariantCulture));
        var rows = Regex.Matches(title.Groups[2].Value, @"\| (\d+) \| (\d+) \| `(\w+)`")
            .Select(row => (row.Groups[3].Value, int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(type.GetFields().Where(field => !field.IsStatic).Select(field => (field.Name, (int)Marshal.OffsetOf(type, field.Name), Marshal.SizeOf(field.FieldType))), rows);
    }
}
