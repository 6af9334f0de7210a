using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>What <c>scripts/up.sh</c> was asked for.</summary>
public sealed record UpOptions
{
    /// <summary>
    /// The engine that runs the network. Default is null: the one that made the state, else <c>embedded</c>.
    /// </summary>
    public string? Engine { get; init; }

    /// <summary>
    /// The description of the consortium. Default is null: the one that the network was made by, at first
    /// <c>network/consortium.json</c>.
    /// </summary>
    public string? Consortium { get; init; }

    /// <summary>Where ledger, keys, stores and logs lie. Default is <c>.microcreds</c>.</summary>
    public string State { get; init; } = Path.Combine(Programs.Root, ".microcreds");

    /// <summary>Whether taken ports are replaced by free ones. Default is false: a taken port is an error.</summary>
    public bool FreePorts { get; init; }

    /// <summary>Whether the sample institutions, keys and achievements are written. Default is true.</summary>
    public bool Seed { get; init; } = true;

    /// <summary>
    /// Whether identities are made by enrolment at Fabric CA servers. Default is false: the network makes its own
    /// authorities' certificates; a network that was made with it keeps it.
    /// </summary>
    public bool Ca { get; init; }

    /// <summary>
    /// What a process's log file may grow to before it is set aside. Default is null: as before, at first
    /// <see cref="LogKeeper.DefaultMegabytes"/>.
    /// </summary>
    public int? LogMegabytes { get; init; }

    /// <summary>
    /// How many log files that were set aside are kept for each process. Default is null: as before, at first
    /// <see cref="LogKeeper.DefaultKept"/>.
    /// </summary>
    public int? LogsKept { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="OperatorException">An option is unknown or has no value.</exception>
    public static UpOptions Parse(IReadOnlyList<string> args)
    {
        var options = new UpOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string Value() => ++i < args.Count
                ? StateOption.NotEmpty(args[i - 1], args[i])
                : throw new OperatorException($"{args[i - 1]} needs a value after it.");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number > 0
                ? number
                : throw new OperatorException($"{args[i - 1]} is {args[i]}: it must be a whole number from 1.");
            options = args[i] switch
            {
                "--engine" => options with { Engine = Value() },
                "--consortium" => options with { Consortium = Path.GetFullPath(Value()) },
                "--state" => options with { State = StateOption.Directory(Value()) },
                "--free-ports" => options with { FreePorts = true },
                "--ca" => options with { Ca = true },
                "--no-seed" => options with { Seed = false },
                "--log-size" => options with { LogMegabytes = Number() },
                "--logs-kept" => options with { LogsKept = Number() },
                _ => throw new OperatorException(
                    $"up does not know {args[i]}: it takes --engine, --ca, --consortium, --state, --free-ports, "
                    + "--no-seed, --log-size, --logs-kept."),
            };
        }

        return options;
    }
}

/// <summary>What <c>scripts/down.sh</c> was asked for.</summary>
/// <param name="State">Where the network's state lies.</param>
/// <param name="Wipe">Whether ledger, keys and stores are forgotten too.</param>
public sealed record DownOptions(string State, bool Wipe)
{
    /// <summary>Reads the command line.</summary>
    /// <exception cref="OperatorException">An option is unknown or has no value.</exception>
    public static DownOptions Parse(IReadOnlyList<string> args)
    {
        string state = new UpOptions().State;
        bool wipe = false;
        for (int i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--wipe":
                    wipe = true;
                    break;
                case "--state" when i + 1 < args.Count:
                    state = StateOption.Directory(args[++i]);
                    break;
                default:
                    throw new OperatorException($"down does not know {args[i]}: it takes --state and --wipe.");
            }
        }

        return new DownOptions(state, wipe);
    }
}
