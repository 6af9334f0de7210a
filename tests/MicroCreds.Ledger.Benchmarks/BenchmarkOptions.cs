using System.Globalization;

namespace MicroCreds.Ledger.Benchmarks;

/// <summary>What <c>scripts/bench.sh</c> was asked for.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The engine under the benchmarks. Default is <c>embedded</c>.</summary>
    public string Engine { get; init; } = "embedded";

    /// <summary>
    /// A directory for this run alone, in which every network keeps its state; <c>scripts/bench.sh</c> makes it, and at
    /// the end takes down and removes what is in it.
    /// </summary>
    public string State { get; init; } = "";

    /// <summary>The measures to take. Default is none, which means all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Whether fewer calls, rounds and credentials will do: to try it, not to quote it.</summary>
    public bool Quick { get; init; }

    /// <summary>Where the results are written as JSON. Default is nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>An empty PostgreSQL database for a gateway beside the others. Default is none.</summary>
    public string? Database { get; init; }

    /// <summary>The program made of tests/go/bench, to be compared with. Default is none.</summary>
    public string? GoClient { get; init; }

    /// <summary>The program made of tests/go/chaincode, to be compared with. Default is none.</summary>
    public string? GoChaincode { get; init; }

    /// <summary>How long memory is watched under a steady load. Default is one minute.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often each measure is taken.</summary>
    public int Rounds => Quick ? 2 : 5;

    /// <summary>Returns the first number, or the second one when quick.</summary>
    public int Count(int full, int quick) => Quick ? quick : full;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchmarkException">An option is unknown or its value is missing or wrong.</exception>
    public static BenchmarkOptions Parse(IReadOnlyList<string> args)
    {
        var options = new BenchmarkOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string Value() => ++i < args.Count
                ? args[i]
                : throw new BenchmarkException($"{args[i - 1]} needs a value after it.");
            options = args[i] switch
            {
                "--state" => options with { State = Path.GetFullPath(Value()) },
                "--engine" => options with { Engine = Value() },
                "--only" => options with { Only = [.. options.Only, Measure(Value())] },
                "--quick" => options with { Quick = true },
                "--json" => options with { Json = Path.GetFullPath(Value()) },
                "--go-client" => options with { GoClient = Path.GetFullPath(Value()) },
                "--go-chaincode" => options with { GoChaincode = Path.GetFullPath(Value()) },
                "--database" => options with { Database = Value() },
                "--soak" => options with { Soak = Minutes(Value()) },
                _ => throw new BenchmarkException(
                    $"bench does not know {args[i]}: it takes --engine embedded|native, --only NAME (again for more), "
                    + "--quick, --soak MINUTES, --database 'Host=…', --go-client FILE, --go-chaincode FILE, "
                    + "--json FILE."),
            };
        }

        return options.State.Length > 0
            ? options
            : throw new BenchmarkException("--state is missing: run scripts/bench.sh, which gives it.");
    }

    private static string Measure(string name) => Bench.Measures.Any(measure => measure.Name == name)
        ? name
        : throw new BenchmarkException(
            $"--only does not know {name}: it is one of {string.Join(", ", Bench.Measures.Select(m => m.Name))}.");

    private static TimeSpan Minutes(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double minutes) && minutes is > 0 and <= 24 * 60
            ? TimeSpan.FromMinutes(minutes)
            : throw new BenchmarkException($"--soak takes minutes, from more than 0 to 1440, not \"{text}\".");
}
