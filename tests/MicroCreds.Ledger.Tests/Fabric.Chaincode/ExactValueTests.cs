using MicroCreds.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>
/// What a machine's settings, or rounding, could make another value of: taken as it is written, or refused.
/// </summary>
public sealed class ExactValueTests
{
    [Flags]
    public enum Rights
    {
        None = 0,
        Read = 1,
        Write = 2,
    }

    [Theory]
    [InlineData("Moment", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00+00:00")]
    [InlineData("Moment", "2026-11-23T10:00:00.5+02:00", "2026-11-23T10:00:00.5+02:00")]
    [InlineData("Time", "2026-11-23T10:00:00", "2026-11-23T10:00:00")]
    [InlineData("Time", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("Time", "2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00Z")]
    [InlineData("Day", "monday", "monday")]
    [InlineData("Rights", "read, write", "read, write")]
    [InlineData("Number", "1e300", "1E+300")]
    [InlineData("Amount", "79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("Amount", "1.500e2", "150.0")]
    [InlineData("Amount", "0e5", "0")]
    [InlineData("Record", """{"at":"2026-11-23T10:00:00Z","day":"friday","amounts":{"friday":1.50}}""",
        """{"at":"2026-11-23T10:00:00+00:00","day":"friday","amounts":{"friday":1.50}}""")]
    public async Task Value_WrittenExactly_IsTaken(string transaction, string argument, string result)
    {
        var response = await CallAsync(transaction, argument);
        Assert.Equal((200, "", result), (response.Status, response.Message, response.Payload.ToStringUtf8()));
    }

    [Theory]
    [InlineData("Moment", "2026-11-23T10:00:00", "it has no zone: end it with Z")]
    [InlineData("Moment", "2026-11-23", "it has no zone")]
    [InlineData("Day", "Monday, Tuesday", "it is not one of the names as they are written")]
    [InlineData("Day", "MONDAY", "it is not one of the names as they are written")]
    [InlineData("Day", " monday", "it is not one of the names as they are written")]
    [InlineData("Number", "1e400", "it is beyond what a Double holds")]
    [InlineData("Number", "-1e400", "it is beyond what a Double holds")]
    [InlineData("Single", "1e39", "it is beyond what a Single holds")]
    [InlineData("Amount", "0.12345678901234567890123456789012345", "more digits than a Decimal holds")]
    [InlineData("Amount", "1e-40", "more digits than a Decimal holds")]
    [InlineData("Record", """{"at":"2026-11-23T10:00:00","day":"friday","amounts":{}}""", "at $.at, it has no zone")]
    [InlineData("Record", """{"at":"2026-11-23T10:00:00Z","day":"monday, tuesday","amounts":{}}""", "$.day")]
    [InlineData("Record", """{"at":"2026-11-23T10:00:00Z","day":"monday","amounts":{"FRIDAY":1}}""", "names")]
    public async Task Value_ThatIsNotExact_IsRefusedByName(string transaction, string argument, string said)
    {
        var response = await CallAsync(transaction, argument);
        Assert.Equal(400, response.Status);
        Assert.StartsWith($"exact:{transaction}: argument 1 (", response.Message, StringComparison.Ordinal);
        Assert.Contains(said, response.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Infinite", "its result cannot be written")]
    [InlineData("Local", "is in this machine's zone: give it in UTC")]
    public async Task Result_ThatHasNoFormOrAnotherElsewhere_IsNamed(string transaction, string said)
    {
        var response = await CallAsync(transaction);
        Assert.Equal(500, response.Status);
        Assert.StartsWith($"exact:{transaction}: ", response.Message, StringComparison.Ordinal);
        Assert.Contains(said, response.Message, StringComparison.Ordinal);
    }

    private static async Task<MicroCreds.Fabric.Protocol.Peer.Response> CallAsync(params string[] arguments)
    {
        var contract = new ContractDefinition("exact")
            .Evaluate("Moment", (TransactionContext _, DateTimeOffset at) => at)
            .Evaluate("Time", (TransactionContext _, DateTime at) => at)
            .Evaluate("Day", (TransactionContext _, DayOfWeek day) => day)
            .Evaluate("Rights", (TransactionContext _, Rights rights) => rights)
            .Evaluate("Number", (TransactionContext _, double number) => number)
            .Evaluate("Single", (TransactionContext _, float number) => number)
            .Evaluate("Amount", (TransactionContext _, decimal amount) => amount)
            .Evaluate("Record", (TransactionContext _, Entry entry) => entry)
            .Evaluate("Infinite", (TransactionContext _) => double.PositiveInfinity)
            .Evaluate("Local", (TransactionContext _) => new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Local));
        await using var server = await TestServer.StartAsync(new ContractChaincode(contract));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", arguments);
        return await peer.ExpectResponseAsync("tx1");
    }

    public sealed record Entry(DateTimeOffset At, DayOfWeek Day, Dictionary<DayOfWeek, decimal> Amounts);
}
