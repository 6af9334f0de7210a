using System.Text.Json;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>A transaction of a contract, ready to be called.</summary>
/// <param name="FullName">Contract, colon, transaction: what errors call it.</param>
/// <param name="IsEvaluation">Whether it must not write.</param>
/// <param name="Parameters">Its parameters after the context.</param>
/// <param name="Result">How its result is written; null where it has none.</param>
/// <param name="InvokeAsync">Calls the delegate, with no reflection.</param>
internal sealed record TransactionHandler(
    string FullName,
    bool IsEvaluation,
    IReadOnlyList<TransactionParameter> Parameters,
    ValueFormat? Result,
    Func<TransactionContext, object?[], ValueTask<object?>> InvokeAsync)
{
    public string Name => FullName[(FullName.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads the arguments, or names the one that is wrong.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="schemas">What is asked of them beyond their types; none for nothing.</param>
    public object?[] Read(
        ReadOnlySpan<ReadOnlyMemory<byte>> arguments, IReadOnlyList<ArgumentSchema?> schemas)
    {
        if (arguments.Length > Parameters.Count)
        {
            int superfluous = arguments.Length - Parameters.Count;
            throw new ChaincodeException(
                $"{FullName} takes {Count(Parameters.Count)} ({Signature}) but got {arguments.Length}: "
                + $"leave out the last {superfluous}.",
                ErrorStatus.BadRequest);
        }

        object?[] values = new object?[Parameters.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i < arguments.Length
                ? Parameters[i].Read(FullName, i + 1, arguments[i], i < schemas.Count ? schemas[i] : null)
                : Parameters[i].Default(FullName, i + 1, arguments.Length);
        }

        return values;
    }

    /// <summary>Writes what the transaction returned.</summary>
    /// <exception cref="ChaincodeException">It has no form, such as a number that is none.</exception>
    public ReadOnlyMemory<byte> WriteResult(object? result)
    {
        try
        {
            return Result is { } format ? format.Write(result) : default;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new ChaincodeException($"{FullName}: its result cannot be written: {e.Message}", e);
        }
    }

    private string Signature => string.Join(", ", Parameters.Select(p => $"{p.Name}: {p.Format.Expected}"));

    private static string Count(int arguments) => arguments switch
    {
        0 => "no arguments",
        1 => "1 argument",
        _ => $"{arguments} arguments",
    };
}
