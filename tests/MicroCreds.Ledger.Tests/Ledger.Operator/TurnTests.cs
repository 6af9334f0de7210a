using MicroCreds.Ledger.Operator;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class TurnTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Second_OfTheSameState_IsToldWhoHasTheTurn_AndGetsItAfterwards()
    {
        using (await Turn.OfStateAsync(_state, Verb.Find(["up"]), Cancelled))
        {
            Directory.CreateDirectory(Path.Combine(_state, "run"));
            var fault = await Assert.ThrowsAsync<OperatorException>(
                () => Turn.OfStateAsync(_state, Verb.Find(["add-institution"]), Cancelled, Patience));
            Assert.Contains($"up (process {Environment.ProcessId}, since", fault.Message, StringComparison.Ordinal);
            Assert.Contains(_state, fault.Message, StringComparison.Ordinal);
        }

        using var next = await Turn.OfStateAsync(_state, Verb.Find(["add-institution"]), Cancelled, Patience);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Directory_WithoutANetwork_StaysAsItIs()
    {
        Assert.Null(await Turn.OfStateAsync(_state, Verb.Find(["down"]), Cancelled));
        Assert.Empty(Directory.GetFileSystemEntries(_state));
    }

    [Fact]
    public void Verbs_ThatOnlyLook_TakeNoTurn() => Assert.Equal(
        ["status", "sign-in", "doctor", "sign-request"],
        Verb.All.Where(verb => !verb.Changes).Select(verb => verb.Name));
}
