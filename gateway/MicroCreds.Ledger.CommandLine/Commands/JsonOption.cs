using System.CommandLine;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>--json, the same for all commands.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => new("--json")
    {
        Description = "Answers in JSON on standard output, one object a line.",
    };
}
