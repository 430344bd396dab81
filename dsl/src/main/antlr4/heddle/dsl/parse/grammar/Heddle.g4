/*
 * The grammar of Heddle, complete.
 *
 * Between the lexer and the parser one step takes place that a grammar cannot say well, the layout:
 *   - A line break or `;` ends a statement and arrives here as END. Line breaks inside ( ) and [ ], after an operator,
 *    | from=expr bounds?                                         # axis          // an integer, a tensor of integers, or a range
    | bounds                                                    # range         // a range that starts with its colon
 *   - `model`, `import`, `dim`, `input` and `output` are keywords only where a statement begins, `weight` only before
 *     a string, `as`, `per` and `scales` only behind a weight's type; elsewhere they are ordinary names, so
 *     `layer_norm(x, weight = w)` can be written.
 *   - Holes in strings are parsed by the rule `hole`.
 */
grammar Heddle;

tokens { END }

// ---- Files and statements ----------------------------------------------------------------------------------------

file : item* EOF ;

// Which item may stand where (`input` only at the top, `return` only in a function) is checked after parsing.
item
    : 'model' NAME END                                          # model
    | 'import' STRING END                                       # importFile
    | 'dim' length (',' length)* END                            # dims
    | 'input' NAME ':' type END                                 # input
    | 'output' NAME (':' type)? '=' expr END                    # output
    | 'fn' NAME parameters ('=' expr | block) END               # function
    | 'let' binding (',' binding)* END                          # let
    | binding END                                               # assign
    | 'for' NAME 'in' expr '..' expr block END                  # for
    | conditional END                                           # when
    | 'return' expr (',' expr)* END                             # return
    ;

// dim B, N = typical 1024: the word is checked after parsing.
length : NAME ('=' NAME? INT)? ;

// Several names take a list apart: let q, k, v = split(x, 3, axis = -1)
binding : NAME (',' NAME)* '=' expr ;

conditional : 'if' expr block ('else' (conditional | block))? ;

block : '{' item* '}' ;

parameters : '(' (parameter (',' parameter)* ','?)? ')' ;
parameter  : NAME (':' type)? ('=' expr)? ;

// A scalar has no brackets: f32
type : NAME ('[' (expr (',' expr)* ','?)? ']')? ;

// ---- Expressions, tightest first ---------------------------------------------------------------------------------

expr
    : primary                                                   # atom
    | expr '[' subscript (',' subscript)* ','? ']'              # index
    | <assoc=right> expr '**' expr                              # power
    | '-' expr                                                  # negate
    | expr op=('*' | '/' | 'div' | '%' | '@') expr              # product
    | expr op=('+' | '-') expr                                  # sum
    | expr op=('==' | '!=' | '<' | '<=' | '>' | '>=') expr      # comparison    // does not chain
    | 'not' expr                                                # not
    | expr 'and' expr                                           # and
    | expr 'or' expr                                            # or
    | 'if' expr 'then' expr 'else' expr                         # choice
    ;

primary
    : INT                                                       # int
    | FLOAT                                                     # float
    | 'inf'                                                     # infinity
    | value=('true' | 'false')                                  # bool
    | STRING                                                    # string
    | NAME arguments?                                           # reference     // a name or a call
    | '[' (expr (',' expr)* ','?)? ']'                          # list
    | '(' expr ')'                                              # group
    | 'weight' STRING ':' type held? ('=' initial)?             # weight
    ;

// What the file holds for each element: as i8 per column scales "w.scale"
held : 'as' NAME ('per' NAME)? ('scales' STRING)? ;

// What training begins with: = normal(0.02)
initial : NAME arguments? ;

arguments : '(' (argument (',' argument)* ','?)? ')' ;
argument  : (NAME '=')? expr ;

subscript
    : '...'                                                     # ellipsis      // all axes not spoken of
    | 'new'                                                     # newAxis       // an axis of length one
    | from=expr bounds?                                         # axis          // an integer, a tensor of integers, a range
    | bounds                                                    # range         // a range that starts with its colon
    ;

// Start, stop and step may each be left out: 1:N  :N  1:  ::2
bounds : ':' to=expr? (':' by=expr?)? ;

// What stands between the braces of "layer.{l}.weight".
hole : expr END EOF ;

// ---- Words and signs ---------------------------------------------------------------------------------------------

MODEL : 'model' ;   IMPORT : 'import' ; DIM  : 'dim' ;  INPUT : 'input' ;  OUTPUT : 'output' ;  WEIGHT : 'weight' ;
AS    : 'as' ;     PER    : 'per' ;    SCALES : 'scales' ;
FN    : 'fn' ;      LET    : 'let' ;    FOR  : 'for' ;  IN    : 'in' ;     RETURN : 'return' ;
IF    : 'if' ;      THEN   : 'then' ;   ELSE : 'else' ; NEW   : 'new' ;
AND   : 'and' ;     OR     : 'or' ;     NOT  : 'not' ;  DIV   : 'div' ;
TRUE  : 'true' ;    FALSE  : 'false' ;  INF  : 'inf' ;

LPAREN : '(' ;  RPAREN : ')' ;  LBRACKET : '[' ;  RBRACKET : ']' ;  LBRACE : '{' ;  RBRACE : '}' ;
COMMA : ',' ;   COLON : ':' ;   RANGE : '..' ;    ELLIPSIS : '...' ;  ASSIGN : '=' ;  SEMICOLON : ';' ;
EQ : '==' ;     NE : '!=' ;     LE : '<=' ;       GE : '>=' ;       LT : '<' ;      GT : '>' ;
PLUS : '+' ;    MINUS : '-' ;   STAR : '*' ;      SLASH : '/' ;     PERCENT : '%' ; AT : '@' ;     POWER : '**' ;

NAME  : [A-Za-z_] [A-Za-z_0-9]* ;
INT   : DIGITS ;
FLOAT : DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT ;

fragment DIGITS   : [0-9] ('_'? [0-9])* ;
fragment EXPONENT : [eE] [+-]? DIGITS ;

// Escapes are \" \\ \n \t; {expr} is a hole, {{ and }} are braces.
STRING : '"' STRING_CHAR* '"' ;

fragment STRING_CHAR : '\\' ~[\r\n] | ~["\\\r\n] ;

COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
NEWLINE : '\r'? '\n' | '\r' ;
SPACE   : [ \t\f\u00A0\uFEFF]+ -> skip ;

// ---- What is not Heddle, taken whole so that the message can name it ----------------------------------------------

UNTERMINATED_STRING : '"' STRING_CHAR* '\\'? ;
FOREIGN_NAME        : [\p{L}_] [\p{L}\p{M}\p{N}_]* ;
FOREIGN_STRING      : '\'' ~['\r\n]* '\'' | '`' ~[`\r\n]* '`' | [“”„‟«] ~[“”‟»"\r\n]* [“”‟»"] | [‘’‚‛] ~[‘’‛'\r\n]* [‘’‛'] ;
FOREIGN_COMMENT     : '#' ~[\r\n]* | '/*' .*? '*/' ;
FOREIGN_SIGN
    : '&&' | '||' | '!' | '<>' | ':=' | '->' | '=>' | '++' | '+=' | '-=' | '*=' | '/=' | '@=' | '^' | '≤' | '≥' | '≠'
    | '×' | '·' | '−' | '∞'
    ;
MALFORMED_NUMBER
    : DIGITS [A-Za-z_] [A-Za-z_0-9]*
    | DIGITS '.' DIGITS [A-Za-z_] [A-Za-z_0-9]*
    | '.' DIGITS EXPONENT?
    ;
STRAY : . ;
