using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>The rows of a workbook's first sheet.</summary>
internal static class WorkbookRows
{
    /// <summary>The most bytes that a workbook may unfold to.</summary>
    private const long MaxUnfolded = 256L * 1024 * 1024;

    /// <summary>The most files in it.</summary>
    private const int MaxFiles = 1000;

    // The reader asks for the encoding of old workbooks also where it opens a new one.
    static WorkbookRows() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <exception cref="TableException">It is no workbook, or unfolds to more than is taken.</exception>
    public static IEnumerable<TableRow> Read(byte[] file)
    {
        RefuseBomb(file);
        using var stream = new MemoryStream(file, writable: false);
        using var reader = Open(stream);
        for (int line = 1; Next(reader); line++)
            yield return new TableRow(line, [.. Enumerable.Range(0, reader.FieldCount).Select(i => TextOf(reader, i))]);
    }

    /// <summary>
    /// The sizes that the archive names are also the most that are unfolded of each file, so that a false one hides
    /// nothing.
    /// </summary>
    private static void RefuseBomb(byte[] file)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file, writable: false));
            long unfolded = 0;
            foreach (var entry in archive.Entries) unfolded = checked(unfolded + entry.Length);
            if (unfolded > MaxUnfolded || archive.Entries.Count > MaxFiles)
            {
                throw new TableException(
                    "bomb", $"The workbook unfolds to more than {MaxUnfolded / (1024 * 1024)} MiB: it is not opened.");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException)
        {
            throw Broken(exception);
        }
    }

    private static IExcelDataReader Open(MemoryStream stream) =>
        Careful(() => ExcelReaderFactory.CreateOpenXmlReader(stream));

    private static bool Next(IExcelDataReader reader) => Careful(reader.Read);

    private static T Careful<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ExcelReaderException or XmlException or InvalidDataException
            or FormatException or InvalidOperationException or ArgumentException or NullReferenceException
            or IndexOutOfRangeException or KeyNotFoundException or OverflowException or NotSupportedException)
        {
            throw Broken(exception);
        }
    }

    private static TableException Broken(Exception cause) => new(
        "broken", "The file is no workbook that can be read: open it, and save it as .xlsx or CSV once more.", cause);

    private static string TextOf(IExcelDataReader reader, int column) => reader.GetValue(column) switch
    {
        null => "",
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("s", CultureInfo.InvariantCulture),
        double number => number.ToString("0.##########", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? "",
    };
}
