using System.Text.Json;
using System.Text.Json.Serialization;
using MicroCreds.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>
/// What a machine's settings, or rounding, could make another value of: taken as it is written, or refused.
/// </summary>
public sealed class ExactValueTests
{
    private static readonly string[] Half = ["whole \U0001F393", "half \uD83C"];
    private static readonly char[] HalfAlone = ['\uD83C'];

    private const JsonNumberHandling AsText =
        JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString;

#pragma warning disable CA1069 // Two names of one value are what is tested.
    public enum Grade
    {
        Good = 1,
        WellDone = 1,
        Poor = 2,
    }
#pragma warning restore CA1069 // As above.

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
    [InlineData("Number", "0.0e400", "0")]
    [InlineData("Grade", "good", "good")]
    [InlineData("Grade", "wellDone", "good")]
    [InlineData("Priced", """{"price":"12.50","others":["1.0",2],"rate":0.5}""",
        """{"price":"12.50","others":["1.0","2"],"rate":0.5}""")]
    [InlineData("Amount", "79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("Amount", "1.500e2", "150.0")]
    [InlineData("Amount", "0e5", "0")]
    [InlineData("Amount", "1.5e00000000000000000000000002", "150")]
    [InlineData("Moment", "2026-11-23T10:00:00.123456700Z", "2026-11-23T10:00:00.1234567+00:00")]
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
    [InlineData("Number", "-1e-400", "it is nearer to zero than what a Double holds")]
    [InlineData("Grade", "WellDone", "it is not one of the names as they are written")]
    [InlineData("Priced", """{"price":"1e-40","others":[],"rate":0.5}""", "at $.price, it has more digits")]
    [InlineData("Priced", """{"price":"1","others":["1e-40"],"rate":0.5}""", "at $.others, it has more digits")]
    [InlineData("Priced", """{"price":"1","others":[],"rate":"0.5"}""", "$.rate")]
    [InlineData("Single", "1e39", "it is beyond what a Single holds")]
    [InlineData("Amount", "0.12345678901234567890123456789012345", "more digits than a Decimal holds")]
    [InlineData("Amount", "1e-40", "more digits than a Decimal holds")]
    [InlineData("Amount", "1e-999999999999999999999", "its exponent is beyond a Decimal's")]
    [InlineData("Moment", "2026-11-23T10:00:00.123456789Z", "it is finer than 100 ns")]
    [InlineData("Time", "2026-11-23T10:00:00.12345678", "it is finer than 100 ns")]
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

    /// <summary>Options that take numbers as text, as those for the web do, are no less exact.</summary>
    [Theory]
    [InlineData("Number", "1e400", 400, "it is beyond what a Double holds")]
    [InlineData("Number", "\"1e400\"", 400, "'\"1e400\"'")]
    [InlineData("Amount", "0.12345678901234567890123456789012345", 400, "more digits than a Decimal holds")]
    [InlineData("Amount", "\"0.12345678901234567890123456789012345\"", 400, "more digits than a Decimal holds")]
    [InlineData("Amount", "12.50", 200, "12.50")]
    [InlineData("Amount", "\"12.50\"", 200, "12.50")]
    [InlineData("Amount", "\"a lot\"", 400, "'\"a lot\"'")]
    [InlineData("Record", """{"at":"2026-11-23T10:00:00Z","day":5,"amounts":{"Friday":"1e-40"}}""", 400,
        "$.amounts.Friday")]
    public async Task Value_ByOptionsForTheWeb_IsTakenExactlyOrRefused(
        string transaction, string argument, int status, string said)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        var contract = new ContractDefinition("exact") { SerializerOptions = options };
        var response = await CallAsync(contract, transaction, argument);
        Assert.Equal(status, response.Status);
        Assert.Contains(said, response.Message + response.Payload.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Infinite", "its result cannot be written")]
    [InlineData("Local", "is in this machine's zone: give it in UTC")]
    [InlineData("HalfText", "half of a surrogate pair")]
    [InlineData("HalfName", "half of a surrogate pair")]
    [InlineData("HalfCharacter", "half of a surrogate pair")]
    public async Task Result_ThatHasNoFormOrAnotherElsewhere_IsNamed(string transaction, string said)
    {
        var response = await CallAsync(transaction);
        Assert.Equal(500, response.Status);
        Assert.StartsWith($"exact:{transaction}: ", response.Message, StringComparison.Ordinal);
        Assert.Contains(said, response.Message, StringComparison.Ordinal);
    }

    /// <summary>Before, so many digits kept a core for minutes: quadratic, where nothing ends it.</summary>
    [Fact]
    public async Task Number_WhoseExponentHasMillionsOfDigits_IsRefusedAtOnce()
    {
        var response = await CallAsync("Amount", $"1e-{new string('9', 4_000_000)}")
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains("its exponent is beyond a Decimal's", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Type_OfWhichNothingWouldBeWritten_IsRefusedByName()
    {
        var tuple = Assert.Throws<ArgumentException>(() => new ContractDefinition("exact")
            .Evaluate("Tuple", (TransactionContext _) => (1, "a")));
        Assert.Contains("fields are not written: use a record", tuple.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ContractDefinition("exact")
            .Evaluate("Within", (TransactionContext _, List<Paired> pairs) => pairs.Count));
    }

    private static Task<MicroCreds.Fabric.Protocol.Peer.Response> CallAsync(params string[] arguments) =>
        CallAsync(new ContractDefinition("exact"), arguments);

    private static async Task<MicroCreds.Fabric.Protocol.Peer.Response> CallAsync(
        ContractDefinition contract, params string[] arguments)
    {
        contract = contract
            .Evaluate("Moment", (TransactionContext _, DateTimeOffset at) => at)
            .Evaluate("Time", (TransactionContext _, DateTime at) => at)
            .Evaluate("Day", (TransactionContext _, DayOfWeek day) => day)
            .Evaluate("Rights", (TransactionContext _, Rights rights) => rights)
            .Evaluate("Number", (TransactionContext _, double number) => number)
            .Evaluate("Single", (TransactionContext _, float number) => number)
            .Evaluate("Amount", (TransactionContext _, decimal amount) => amount)
            .Evaluate("Record", (TransactionContext _, Entry entry) => entry)
            .Evaluate("Grade", (TransactionContext _, Grade grade) => grade)
            .Evaluate("Priced", (TransactionContext _, Priced priced) => priced)
            .Evaluate("HalfText", (TransactionContext _) => Half)
            .Evaluate("HalfName", (TransactionContext _) => new Dictionary<string, int> { ["\uDF93"] = 1 })
            .Evaluate("HalfCharacter", (TransactionContext _) => HalfAlone)
            .Evaluate("Infinite", (TransactionContext _) => double.PositiveInfinity)
            .Evaluate("Local", (TransactionContext _) => new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Local));
        await using var server = await TestServer.StartAsync(new ContractChaincode(contract));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", arguments);
        return await peer.ExpectResponseAsync("tx1");
    }

    /// <summary>Its amounts stand in JSON as text, its rate as a number.</summary>
    public sealed record Priced(
        [property: JsonNumberHandling(AsText)] decimal Price,
        [property: JsonNumberHandling(AsText)] List<decimal> Others,
        double Rate);

    public sealed record Paired((int, int) Pair);

    public sealed record Entry(DateTimeOffset At, DayOfWeek Day, Dictionary<DayOfWeek, decimal> Amounts);
}
