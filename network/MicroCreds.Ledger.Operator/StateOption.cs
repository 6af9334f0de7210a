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
                ? NotEmpty(args[i], args[i + 1])
                : throw new OperatorException($"{args[i]} needs a value after it.");
        }

        values["--state"] = Directory(values["--state"]);
        return values;
    }

    /// <exception cref="OperatorException">The value is empty, as that of a variable that is not set.</exception>
    public static string NotEmpty(string name, string value) => string.IsNullOrWhiteSpace(value)
        ? throw new OperatorException($"{name} is empty: it needs a value after it.")
        : value;

    /// <summary>The state directory that a command line names, or the default; the verb looks at the rest.</summary>
    /// <exception cref="OperatorException">It names none that there can be.</exception>
    public static string Find(IReadOnlyList<string> args)
    {
        int last = args.ToList().LastIndexOf("--state");
        return last < 0 || last + 1 == args.Count ? new UpOptions().State : Directory(args[last + 1]);
    }

    /// <summary>The whole path of a state directory.</summary>
    /// <exception cref="OperatorException">It is no path, or that of a file.</exception>
    public static string Directory(string text)
    {
        string path = Path.GetFullPath(NotEmpty("--state", text));
        return File.Exists(path)
            ? throw new OperatorException($"--state {path} is a file: it names the directory of the network.")
            : path;
    }
}
