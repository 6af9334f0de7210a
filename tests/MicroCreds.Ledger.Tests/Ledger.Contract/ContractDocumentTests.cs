using System.Reflection;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>The document on the contract has every transaction, and no other.</summary>
public sealed partial class ContractDocumentTests
{
    private static readonly string Document =
        File.ReadAllText(Path.Combine(Repository.Root, "chaincode", "docs", "contract.md"));

    /// <summary>That these are the contract's own names, <see cref="QueryTests"/> holds.</summary>
    [Fact]
    public void Transactions_StandInTheTables_EachOnce()
    {
        var known = typeof(TransactionNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(
            known.Order(StringComparer.Ordinal),
            Row().Matches(Document).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ballots_AreNamed() => Assert.All(
        BallotAction.Values, action => Assert.Contains($"`{action}`", Document, StringComparison.Ordinal));

    [GeneratedRegex("^\\| `([A-Z][A-Za-z]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
