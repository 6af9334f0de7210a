namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Something that is wrong, in the words of who has to mend it.</summary>
/// <param name="Subject">Whose it is, for instance User1@aurora.example.</param>
/// <param name="Fault">What is wrong, and what Fabric makes of it.</param>
/// <param name="Mend">What to do.</param>
internal sealed record Finding(string Subject, string Fault, string Mend)
{
    public override string ToString() => $"{Subject}: {Fault}\n    Mend: {Mend}";
}
