using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Benchmarks.Reporting;

/// <summary>Prints each row as soon as it is known, and keeps all for the JSON.</summary>
internal sealed class Report(Machine machine, BenchmarkOptions options)
{
    private const int NameWidth = 58;
    private const int MeasuredWidth = 36;
    private const int TargetWidth = 12;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Row> _rows = [];

    public void PrintHead()
    {
        Console.WriteLine(machine.Describe());
        if (machine.IsBusy)
        {
            Console.WriteLine(
                $"WARNING: the load average is {Number(machine.LoadAverage)} on {machine.Cores} cores before anything "
                + "was started: others are at work here, and these figures are not to be relied on.");
        }

        if (options.Quick)
        {
            Console.WriteLine(
                "QUICK: fewer rounds, calls and credentials than the targets speak of; to try it, not to quote it.");
        }

        Console.WriteLine();
        Print("measure", $"median of {options.Rounds} (min–max)", "target", "");
        Console.WriteLine(new string('-', NameWidth + MeasuredWidth + TargetWidth + 12));
    }

    public void Add(Row row)
    {
        _rows.Add(row);
        string unit = row.Unit.Length == 0 ? "" : $" {row.Unit}";
        string measured = row.Rounds.Count switch
        {
            0 => "—",
            1 => $"{Number(row.Median)}{unit}",
            _ => $"{Number(row.Median)}{unit} ({Number(row.Min)}–{Number(row.Max)})",
        };
        string target = row.Target is null ? "" : $"{row.Target.Sign} {Number(row.Target.Value)}{unit}";
        string outcome = row.IsMet switch { true => "met", false => "MISSED", null => "" };
        Print(row.Name, measured, target, row.Note is null ? outcome : $"{outcome} {row.Note}".Trim());
    }

    /// <summary>Adds a row that says why there is no value.</summary>
    public void Skip(string name, string why) => Add(new Row { Name = name, Note = why });

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var results = new { Machine = machine, Options = options, Rows = _rows };
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(results, Json));
        Console.WriteLine($"Written: {file}");
    }

    private static void Print(string name, string measured, string target, string outcome) =>
        Console.WriteLine(
            string.Join(
                ' ', name.PadRight(NameWidth), measured.PadRight(MeasuredWidth), target.PadRight(TargetWidth), outcome)
                .TrimEnd());

    private static string Number(double? value) => value is not { } number
        ? "—"
        : number.ToString(
            Math.Abs(number) switch { >= 100 => "N0", >= 10 => "N1", >= 1 => "N2", _ => "0.000" },
            CultureInfo.InvariantCulture);
}
