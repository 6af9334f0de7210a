using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>Asserts that the contract itself refused a transaction, with a code and the place.</summary>
internal static class Refused
{
    public static Task SubmitAsync(
        FabricContract contract, string code, string? field, string name, params object[] arguments) =>
        AssertAsync(code, field, () => contract.SubmitAsync(name, OptionsOf(arguments)));

    public static Task EvaluateAsync(
        FabricContract contract, string code, string? field, string name, params object[] arguments) =>
        AssertAsync(code, field, () => contract.EvaluateAsync(name, OptionsOf(arguments)));

    public static ProposalOptions OptionsOf(params object[] arguments) =>
        new() { Arguments = [.. arguments.Select(LedgerMember.ToArgument)] };

    private static async Task AssertAsync(string code, string? field, Func<Task> call)
    {
        var failure = await Assert.ThrowsAnyAsync<FabricException>(call);
        Assert.True(failure is EndorseException or EvaluateException, failure.ToString());
        Assert.True(
            LedgerError.TryFind(failure.ChaincodeAnswer?.Message ?? failure.Message, out var error), failure.Message);
        Assert.True(error.Code == code, error.ToString());
        Assert.True(error.Field == field, error.ToString());
        Assert.True(error.Message.Length > 20, error.ToString());
    }
}
