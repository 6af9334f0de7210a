using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>The contract as a class, and the same written by hand as delegates.</summary>
internal sealed class Shapes(TransactionContext context) : IShapes
{
    public Task<string> EchoAsync(string text) => Task.FromResult(text);

    public ValueTask<int> DoubleAsync(int number) => ValueTask.FromResult(number * 2);

    public Task<bool> NotAsync(bool value) => Task.FromResult(!value);

    public Task<Level> NextAsync(Level level, CancellationToken cancellationToken) =>
        Task.FromResult(level == Level.Bachelor ? Level.MasterDegree : Level.Bachelor);

    public Task<byte[]> ReverseAsync(byte[] bytes) => Task.FromResult<byte[]>([.. bytes.Reverse()]);

    public Task<DateOnly> TomorrowAsync(DateOnly day) => Task.FromResult(day.AddDays(1));

    public Task<DateTimeOffset?> NeverAsync() => Task.FromResult<DateTimeOffset?>(null);

    public Task<decimal?> HalfAsync(decimal? number) => Task.FromResult(number / 2);

    public Task<Shape> GrowAsync(Shape shape, int by, Level level, string? note) =>
        Task.FromResult(shape with { Size = shape.Size + by, Note = $"{level} {note ?? "without"}" });

    public Task<Shape[]> RepeatAsync(Shape shape, long @base) =>
        Task.FromResult<Shape[]>([.. Enumerable.Repeat(shape, (int)@base)]);

    public async Task KeepAsync(Shape shape) => await context.Stub.PutStateAsync(Key(shape.Name), "kept"u8.ToArray());

    public ValueTask ForgetAsync(string name) => context.Stub.DeleteStateAsync(Key(name));

    public async Task<string> NameAsync(string text)
    {
        await WriteAsync(text);
        return text;
    }

    public async Task WriteAsync(string name) => await context.Stub.PutStateAsync(Key(name), "written"u8.ToArray());

    private static string Key(string name) => CompositeKey.Create("shape", [name]);

    public static ContractDefinition Typed() => ContractDefinition.Of<IShapes>(context => new Shapes(context));

    public static ContractDefinition ByHand() => new ContractDefinition("shapes")
    {
        Title = "Shapes",
        Version = "2.1",
        License = "Apache-2.0",
    }
        .Evaluate("Echo", (TransactionContext _, string text) => text)
        .Evaluate("Twice", (TransactionContext _, int number) => number * 2)
        .Evaluate("Not", (TransactionContext _, bool value) => !value)
        .Evaluate("Next", (TransactionContext _, Level level) => level)
        .Evaluate("Reverse", (TransactionContext _, byte[] bytes) => bytes)
        .Evaluate("Tomorrow", (TransactionContext _, DateOnly day) => day)
        .Evaluate("Never", (TransactionContext _) => (DateTimeOffset?)null)
        .Evaluate("Half", (TransactionContext _, decimal? number) => number)
        .Evaluate("Grow", (
            TransactionContext _, Shape shape, int by = 1, Level level = Level.MasterDegree, string? note = null) =>
            shape)
        .Evaluate("Repeat", (TransactionContext _, Shape shape, long @base = 2L) => new[] { shape })
        .Submit("Keep", (TransactionContext _, Shape shape) => Task.CompletedTask)
        .Submit("Forget", (TransactionContext _, string name) => ValueTask.CompletedTask)
        .Submit("Name", (TransactionContext _, string text) => Task.FromResult(text))
        .Evaluate("Write", (TransactionContext _, string name) => Task.CompletedTask);
}
