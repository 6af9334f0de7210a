namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>The members' signatures on one request, looked at before they go to the channel.</summary>
internal static class SignatureSet
{
    /// <summary>Reads every signature of a directory.</summary>
    /// <exception cref="OperatorException">One is no good, or there are too few; all of it is named.</exception>
    public static IReadOnlyList<MembershipSignature> Read(
        string directory, byte[] update, ChannelRules rules, DateTimeOffset now)
    {
        var signatures = new SortedDictionary<string, MembershipSignature>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (string file in Files(directory))
        {
            var signature = ExchangeFile.Read<MembershipSignature>(file, MembershipSignature.MadeBy);
            var found = signature.FindFaults(update, rules, now);
            faults.AddRange(found.Select(fault => $"{Path.GetFileName(file)}: {fault}"));
            if (found.Count == 0)
            {
                signatures[signature.MspId] = signature;
            }
        }

        int needed = rules.NeededSignatures;
        if (signatures.Count < needed)
        {
            string missing = string.Join(", ", rules.Members.Except(signatures.Keys));
            faults.Add($"{signatures.Count} of {rules.Members.Count} members have signed, where the channel asks for "
                + $"{needed}: of {missing} there is no good signature. {MembershipSignature.MadeBy} makes it.");
        }

        return faults.Count == 0 ? [.. signatures.Values] : throw new OperatorException(
            $"Nothing was submitted:\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}");
    }

    private static string[] Files(string directory) => Directory.Exists(directory)
        ? [.. Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal)]
        : throw new OperatorException($"{directory} is no directory: put the members' signatures there.");
}
