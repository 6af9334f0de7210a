using System.Text.Json.Serialization;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>A contract with every form of argument and result.</summary>
[FabricContract("shapes", JsonContext = typeof(ShapesJson), Title = "Shapes", Version = "2.1", License = "Apache-2.0")]
public interface IShapes
{
    [Evaluate]
    Task<string> EchoAsync(string text);

    [Evaluate("Twice")]
    ValueTask<int> DoubleAsync(int number);

    [Evaluate]
    Task<bool> NotAsync(bool value);

    [Evaluate]
    Task<Level> NextAsync(Level level, CancellationToken cancellationToken = default);

    [Evaluate]
    Task<byte[]> ReverseAsync(byte[] bytes);

    [Evaluate]
    Task<DateOnly> TomorrowAsync(DateOnly day);

    [Evaluate]
    Task<DateTimeOffset?> NeverAsync();

    [Evaluate]
    Task<decimal?> HalfAsync(decimal? number);

    [Evaluate]
    Task<Shape> GrowAsync(Shape shape, int by = 1, Level level = Level.MasterDegree, string? note = null);

    [Evaluate]
    Task<Shape[]> RepeatAsync(Shape shape, long @base = 2L);

    [Submit]
    Task KeepAsync(Shape shape);

    [Submit]
    ValueTask ForgetAsync(string name);

    /// <summary>Writes a name and returns it.</summary>
    [Submit]
    Task<string> NameAsync(string text);

    /// <summary>Writes, and must not.</summary>
    [Evaluate]
    Task WriteAsync(string name);
}

public enum Level
{
    Bachelor,
    MasterDegree,
}

public enum Paint
{
    DarkRed,
    LightBlue,
}

public sealed record Shape(
    string Name, decimal Size, Paint Paint, IReadOnlyList<Shape> Parts, DateTimeOffset? Made = null,
    string? Note = null);

[JsonSerializable(typeof(Shape))]
[JsonSerializable(typeof(Shape[]))]
[JsonSerializable(typeof(Level))]
public sealed partial class ShapesJson : JsonSerializerContext;

/// <summary>The same contract as somebody describes it who is mistaken about the results.</summary>
[FabricContract("shapes")]
public interface IOtherShapes
{
    [Evaluate]
    Task<int> EchoAsync(string text);

    [Submit]
    Task<int> NameAsync(string text);
}
