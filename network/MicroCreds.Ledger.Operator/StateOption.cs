namespace MicroCreds.Ledger.Operator;

/// <summary>The command line of a verb that takes named values, one of which is always <c>--state</c>.</summary>
internal static class StateOption
{
    /// <summary>Reads <c>--name value</c> pairs; the state directory has its default.</summary>
    /// <exception cref="OperatorException">A name is unknown, or has no value.</exception>
    public static Dictionary<string, string> Parse(string verb, IReadOnlyList<string> args, params string[] names)
    {
        var values = new Dictionary<string, string> { ["--state"] = new UpOptions().State };
        for (int i = 0; i < args.Count; i += 2)
        {
            if (args[i] != "--state" && !names.Contains(args[i]))
            {
                throw new OperatorException(
                    $"{verb} does not know {args[i]}: it takes {string.Join(", ", names.Append("--state"))}.");
            }

            values[args[i]] = i + 1 < args.Count
                ? args[i + 1]
                : throw new OperatorException($"{args[i]} needs a value after it.");
        }

        values["--state"] = Path.GetFullPath(values["--state"]);
        return values;
    }
}
