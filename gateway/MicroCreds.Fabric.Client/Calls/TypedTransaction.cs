using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>A transaction that a method of an interface describes: writes its arguments, reads its result.</summary>
internal sealed class TypedTransaction
{
    private readonly ContractTransaction _transaction;
    private readonly ContractValueFormat[] _parameters;
    private readonly ContractValueFormat? _result;

    /// <param name="transaction">What the interface says of it.</param>
    /// <param name="options">How JSON is written.</param>
    /// <param name="tolerant">How JSON is read: a chaincode of tomorrow may say more than this client knows.</param>
    private TypedTransaction(
        ContractTransaction transaction, JsonSerializerOptions options, JsonSerializerOptions tolerant)
    {
        _transaction = transaction;
        _parameters = [.. transaction.Parameters.Select(one => new ContractValueFormat(one.Type, options))];
        _result = transaction.Result is { } result ? new ContractValueFormat(result, tolerant) : null;
    }

    /// <summary>Those of an interface, in its order. What the serializer learns of a type, it learns once.</summary>
    public static TypedTransaction[] Of(ContractInterface contract)
    {
        var options = contract.SerializerOptions;
        var tolerant = new JsonSerializerOptions(options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        tolerant.MakeReadOnly();
        return [.. contract.Transactions.Select(one => new TypedTransaction(one, options, tolerant))];
    }

    public string Name => _transaction.Name;

    public bool IsEvaluation => _transaction.IsEvaluation;

    private bool MayBeNull => _transaction.Result is { } type
        && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null);

    /// <summary>Writes the arguments; what may be left out at the end, and has its default value, is left
    /// out.</summary>
    /// <exception cref="ArgumentException">One cannot be written.</exception>
    public IReadOnlyList<TransactionArgument> Write(object?[] values)
    {
        int count = values.Length;
        while (count > 0 && _transaction.Parameters[count - 1] is { IsRequired: false } optional
            && Equals(values[count - 1], optional.DefaultValue))
        {
            count--;
        }

        var arguments = new TransactionArgument[count];
        for (int i = 0; i < count; i++) arguments[i] = Write(_transaction.Parameters[i], _parameters[i], values[i]);

        return arguments;
    }

    /// <exception cref="FormatException">The bytes are none of the result's type.</exception>
    public object? ReadResult(ReadOnlySpan<byte> bytes, string? committed)
    {
        try
        {
            // What is null and no JSON is written as nothing.
            return _result is null || (bytes.IsEmpty && MayBeNull && _result.Form == ContractValueForm.QuotedText)
                ? null
                : _result.Read(bytes);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException
            or DecoderFallbackException or ArgumentException)
        {
            string outcome = committed is null ? "" : $" The transaction {committed} is committed all the same.";
            // Without the cause: it has the chaincode's words as they came, and they are quoted.
            string words = ForeignText.OnOneLine(e.Message.TrimEnd('.'));
            throw new FormatException(
                $"The result of {Name} is no {_transaction.Result}: {words}. Is the chaincode of another version than "
                + $"the interface?{outcome}");
        }
    }

    private TransactionArgument Write(ContractParameter parameter, ContractValueFormat format, object? value)
    {
        if (value is null && !parameter.MayBeNull) throw new ArgumentNullException(parameter.Name);

        if (value is null && format.Form != ContractValueForm.Json)
        {
            throw new ArgumentException(
                $"{Name}: {parameter.Name} is null, which has no form among the arguments unless it is left out at "
                + "their end: give it a default value in the interface, and nothing behind it.",
                parameter.Name);
        }

        try
        {
            return format.Write(value);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or EncoderFallbackException
            or ArgumentException)
        {
            throw new ArgumentException($"{Name}: {parameter.Name} cannot be written: {e.Message}", parameter.Name, e);
        }
    }
}
